"""How a host is told which headers a site's files need, in the words of several: see docs/site.md.

- `_headers` is read by Netlify, Cloudflare Pages and others like them
- `nginx.conf` is included in a server block of nginx
- `headers.json` has it file by file, for whoever uploads to an object store
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from server.files import FOREVER, MEDIA_TYPES, OCTETS, REVALIDATE
from server.headers import FRAMING, SECURITY_HEADERS, page_policy

HEADERS = "headers.json"
FORMAT = "genrescope site 1"
KNOWN_TYPES = mimetypes.MimeTypes(filenames=())  # what the operating system knows besides differs
Headers = Mapping[str, str]


def headers_files(paths: Iterable[str], hearer: str) -> dict[str, bytes]:
    """The files that say it, by name.

    paths: of the site's files. hearer: the other origin that songs may be sent to; empty: none.
    """
    headers = {**SECURITY_HEADERS, "Content-Security-Policy": f"{page_policy(hearer)}; {FRAMING}"}
    types = {path: _media_type(path) for path in sorted(paths)}
    said = {"_headers": _rules(headers, types), "nginx.conf": _nginx(headers, types), HEADERS: _each(headers, types)}
    return {name: text.encode() for name, text in said.items()}


def _each(headers: Headers, types: Mapping[str, str]) -> str:
    files = {path: {"Content-Type": kind, "Cache-Control": _keeping(path)} for path, kind in types.items()}
    return json.dumps({"format": FORMAT, "every": headers, "files": files}, indent=1) + "\n"


def _rules(headers: Headers, types: Mapping[str, str]) -> str:
    """These hosts add rules that meet together: no file has two that say how long it may be kept."""
    rules: list[tuple[str, Headers]] = [("/*", headers), ("/", {"Cache-Control": REVALIDATE})]
    rules += [(f"/{path}", {"Cache-Control": REVALIDATE}) for path in types if _keeping(path) == REVALIDATE]
    rules += [(f"/{folder}/*", {"Cache-Control": FOREVER}) for folder in _kept_folders(types)]
    rules += [(f"/{path}", {"Content-Type": types[path]}) for path in types if path.endswith(".webmanifest")]
    return "\n".join("\n".join([path, *(f"  {n}: {v}" for n, v in said.items())]) for path, said in rules) + "\n"


def _nginx(headers: Headers, types: Mapping[str, str]) -> str:
    """A location that adds headers of its own has lost those around it: each adds all."""
    places = [("/", REVALIDATE), *((f"^~ /{folder}/", FOREVER) for folder in _kept_folders(types))]
    return "\n".join(_location(place, {**headers, "Cache-Control": keeping}, types) for place, keeping in places)


def _location(place: str, headers: Headers, types: Mapping[str, str]) -> str:
    endings: dict[str, set[str]] = {}
    for path, kind in types.items():
        endings.setdefault(kind.partition(";")[0], set()).add(PurePosixPath(path).suffix[1:])
    kinds = [
        f"    {kind} {' '.join(sorted(endings[kind] - {''}))};" for kind in sorted(endings) if endings[kind] - {""}
    ]
    added = [f'  add_header {name} "{value}" always;' for name, value in headers.items()]
    return "\n".join(
        [f"location {place} {{", "  types {", *kinds, "  }", "  default_type text/plain;", *added, "}", ""]
    )


def _kept_folders(paths: Iterable[str]) -> list[str]:
    """Whose name is another with any change in them: of static/ and of the model."""
    folders = {"/".join(path.split("/")[: 2 if path.startswith("model/") else 1]) for path in paths if "/" in path}
    return sorted(folders - {"model/contract.json"})


def _keeping(path: str) -> str:
    return FOREVER if path.startswith(tuple(f"{folder}/" for folder in _kept_folders([path]))) else REVALIDATE


def _media_type(path: str) -> str:
    name = PurePosixPath(path)
    kind = (
        MEDIA_TYPES.get(name.suffix)
        or KNOWN_TYPES.guess_type(name.name)[0]
        or (OCTETS if name.suffix else "text/plain")
    )
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
