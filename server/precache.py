"""What the page needs to work without a network: the list of its files with their hashes, for the service worker.

The worker's script begins with that list, so that any change of a file is a change of the script, which is how
browsers notice that there is a new version. They check the hashes: what is not the very file that the list means is
not kept, so that files of two versions never come together.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from model.contract import Contract
from server.encodings import file_sha256

WORKER = "offline/service-worker.js"  # in static/; not one of the files that it keeps
KEPT_KINDS = {".js", ".css", ".svg", ".png", ".wasm", ".mp3"}
# For browsers without SIMD, which the page refuses.
NEVER_FETCHED = {"tfjs-backend-wasm.wasm"}


def integrity(sha256: str) -> str:
    """A hex digest as Subresource Integrity writes it."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


class PageFiles:
    """Every file that a browser may fetch for the page, but for those that the server makes, by its path below the
    page's address.

    contract_body: as it is served. static_folder: the address of static/, below the page's.
    """

    def __init__(self, static: Path, contract: Contract, contract_body: bytes, static_folder: str = "static") -> None:
        self._static, self._static_folder = static, static_folder
        self._model = {"model/contract.json": hashlib.sha256(contract_body).hexdigest(), **browser_files(contract)}

    def sha256s(self) -> dict[str, str]:
        """Path -> hex digest, of the files as they are now: static ones may be edited while the server runs."""
        return dict(sorted({**dict(self._static_files()), **self._model}.items()))

    def version(self, templates: Sequence[str]) -> str:
        """Names these files and what is made from these templates: no other ones have the same."""
        known = json.dumps([*templates, self.sha256s()])
        return hashlib.sha256(known.encode()).hexdigest()[:16]

    def worker(self, version: str, made: Mapping[str, bytes]) -> bytes:
        """The service worker's script, with the list of this version. made: what the server makes, as it is served."""
        files = {**{path: hashlib.sha256(body).hexdigest() for path, body in made.items()}, **self.sha256s()}
        kept = {"version": version, "files": {path: integrity(sha256) for path, sha256 in files.items()}}
        script = (self._static / WORKER).read_text(encoding="utf-8")
        return f"self.kept = {json.dumps(kept, indent=1)};\n\n{script}".encode()

    def _static_files(self) -> Iterator[tuple[str, str]]:
        for path in self._static.rglob("*"):
            name = path.relative_to(self._static).as_posix()
            if path.suffix in KEPT_KINDS and path.name not in NEVER_FETCHED and name != WORKER:
                yield f"{self._static_folder}/{name}", file_sha256(path)


def browser_files(contract: Contract) -> Mapping[str, str]:
    """What the page fetches of the model, with its SHA-256: neither the server's network nor golden vectors."""
    folders = {PurePosixPath(path).parent for path in (contract.browser_model, contract.units) if path}
    return {
        f"model/{path}": sha256
        for path, sha256 in contract.files.items()
        if path == contract.mel_filters_path or not folders.isdisjoint(PurePosixPath(path).parents)
    }
