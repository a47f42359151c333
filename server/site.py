"""`python -m server.site FOLDER` writes the page as a folder of mere files, which any CDN or object store can serve.

The page is the server's, made from the same templates, words and files. What may be kept for ever lies in folders that
are named by the hash of all that is in them: of static/ as here, of the model as export made it. Each module finds the
others by relative addresses, so that the folder works below any path, and none of them is rewritten.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from model.contract import Contract, ContractError, load_contract
from model.whole_files import is_empty_folder, stand_in_folder
from server.encodings import IDENTITY, content_in, prepare
from server.headers import page_policy
from server.made_files import MANIFEST, MadeFiles, Place, manifest_of
from server.page_words import PageWordsError
from server.precache import KEPT_KINDS, NEVER_FETCHED, WORKER, browser_files
from server.settings import ORIGIN, REPOSITORY, STATIC, SettingsError, read_settings
from server.site_headers import FORMAT, HEADERS, headers_files

TERMS = ("LICENSE", "NOTICE")
ENDINGS = {"br": ".br", "gzip": ".gz"}  # of compressed forms, as hosts look for them
Files = Mapping[str, Path | bytes]


class SiteError(Exception):
    """Why a site cannot be written, in one sentence."""


def site_files(static: Path, contract: Contract, hearer: str = "") -> Files:
    """All files of a site by their path in it: what is in them, or where they are.

    hearer: the address of the server that hears what a browser cannot; empty: there is none. Raises SiteError.
    """
    hearer, origin = _with_origin(hearer) if hearer else ("", "")
    contract_body = json.dumps(contract.raw).encode()
    parts: Files = {**dict(_static_files(static)), MANIFEST: manifest_of(static)}
    folder = f"static-{_hash_of(parts)}"
    made = MadeFiles(static, contract, contract_body, Place(folder, hearer, page_policy(origin)))
    files = {
        "index.html": made.page(),
        "service-worker.js": made.worker(),
        "model/contract.json": contract_body,
        **{f"model/{path}": contract.folder / path for path in _model_files(contract)},
        **{f"{folder}/{name}": part for name, part in parts.items()},
        **{name: REPOSITORY / name for name in TERMS},
    }
    return files | headers_files(files, origin)


def write_site(folder: Path, files: Files, *, compress: bool = False) -> None:
    """Puts a site in the place of what is there, which may be nothing or another site. Raises SiteError and OSError.

    compress: with a .br and a .gz beside each file that is worth it, for hosts that look for those.
    """
    if folder.exists() and not is_empty_folder(folder) and not _is_site(folder):
        raise SiteError(f"{folder} is there and is no site of ours: choose another folder")
    with stand_in_folder(folder) as fresh:
        for path, content in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                (fresh / path).write_bytes(content)
            else:
                shutil.copyfile(content, fresh / path)
        if compress:
            _compress([fresh / path for path in files])


def _compress(paths: Sequence[Path]) -> None:
    prepare(paths)
    for path in paths:
        for coding, form in content_in(path).forms.items():
            if coding != IDENTITY and isinstance(form, bytes):
                path.with_name(path.name + ENDINGS[coding]).write_bytes(form)


def _static_files(static: Path) -> Iterator[tuple[str, Path]]:
    """What browsers may fetch, and the terms under which others let us pass their code on."""
    for path in sorted(static.rglob("*")):
        name = path.relative_to(static).as_posix()
        is_kept = path.suffix in KEPT_KINDS and path.name not in NEVER_FETCHED and name != WORKER
        if is_kept or path.name in TERMS:
            yield name, path


def _model_files(contract: Contract) -> Iterator[str]:
    """What the page hears with, and what it puts into the folder of a network that was taught in it."""
    heard_with = browser_files(contract)
    for path in contract.files:
        if f"model/{path}" in heard_with or path.startswith(f"{contract.server_model}/"):
            yield path


def _hash_of(files: Files) -> str:
    """Names all that is in a folder: no other has the same."""
    contents = {name: part if isinstance(part, bytes) else part.read_bytes() for name, part in files.items()}
    known = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]


def _with_origin(hearer: str) -> tuple[str, str]:
    """The address of a server with a slash at its end, and its origin. Raises SiteError."""
    parts = urlsplit(hearer)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    rest = hearer[len(origin) :]
    if not re.fullmatch(ORIGIN, origin) or not re.fullmatch(r"[\w./~-]*", rest, re.ASCII):
        raise SiteError(f"{hearer} is no address of a server: it must be as https://genres.example.org")
    if rest.rstrip("/").endswith("/predict"):
        raise SiteError(f"{hearer}: say the server's address, without the predict at its end")
    return f"{origin}{rest.rstrip('/')}/", origin


def _is_site(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / HEADERS).read_bytes())["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Says what it has written. Returns the exit code: 2 when something is wrong, after one sentence about it."""
    parser = argparse.ArgumentParser(
        prog="python -m server.site",
        description="Write the page as a folder of files that any web host serves. MODEL: the model folder.",
    )
    parser.add_argument("folder", type=Path, help="written anew: nothing, or another site is there")
    parser.add_argument(
        "--predict", default="", metavar="URL", help="address of a server that hears what browsers cannot"
    )
    parser.add_argument("--compress", action="store_true", help="a .br and a .gz beside each file")
    options = parser.parse_args(arguments)
    try:
        files = site_files(STATIC, load_contract(read_settings().model), options.predict)
        write_site(options.folder, files, compress=options.compress)
    except (SettingsError, ContractError, PageWordsError, SiteError, OSError) as error:
        print(f"site: {error}", file=sys.stderr)
        return 2
    print(f"site: {len(files)} files in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
