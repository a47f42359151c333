"""What is made from the templates: page, manifest and service worker, for a server or a site of mere files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.contract import Contract
from server.page_words import page_words
from server.precache import PageFiles

TEMPLATES = Path(__file__).parent / "templates"
MANIFEST = "manifest.webmanifest"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Place:
    """Where the page is, as far as the page has to know it.

    static_folder: the address of static/, below the page's.
    hearer: the address of the server that hears what the browser cannot; empty: there is none.
    policy: a Content-Security-Policy for where headers cannot be had; empty: the headers have it.
    """

    static_folder: str = "static"
    hearer: str = "./"
    policy: str = ""


class MadeFiles:
    """They follow the files that they are made of, which may be edited while the server runs.

    contract_body: the model's contract, as it is served.
    """

    def __init__(self, static: Path, contract: Contract, contract_body: bytes, place: Place) -> None:
        self._static, self._place = static, place
        self._files = PageFiles(static, contract, contract_body, place.static_folder)

    def page(self) -> bytes:
        """The HTML."""
        return self._version_and_page()[1]

    def worker(self) -> bytes:
        """The service worker's script, with the list of all that it keeps."""
        version, html = self._version_and_page()
        made = {"": html, f"{self._place.static_folder}/{MANIFEST}": manifest_of(self._static)}
        return self._files.worker(version, made)

    def _version_and_page(self) -> tuple[str, bytes]:
        made_of = [(TEMPLATES / name).read_text(encoding="utf-8") for name in ("index.html", MANIFEST)]
        version = self._files.version([*made_of, json.dumps(vars(self._place))])
        html = _filled_in("index.html", page_words(self._static), version=version, place=self._place)
        return version, html


def manifest_of(static: Path) -> bytes:
    """The web manifest; where the page is makes no difference to it."""
    return _filled_in(MANIFEST, page_words(static))


def _filled_in(template: str, *words: dict[str, str], **others: object) -> bytes:
    return _ENVIRONMENT.get_template(template).render(*words, **others).encode()
