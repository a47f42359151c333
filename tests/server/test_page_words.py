"""server/page_words.py: what stands in the page before any script is taken from the one table of words."""

from __future__ import annotations

import asyncio
import html
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from model.contract import load_contract
from server.__main__ import main
from server.page_words import PageWordsError, page_words
from server.pages import page_routes
from tests.support import REPOSITORY

MODEL = REPOSITORY / "model"
TABLE = REPOSITORY / "static" / "messages.js"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A folder with the table, and the worker that the server puts its list in front of."""
    for path in (TABLE, REPOSITORY / "static/offline/service-worker.js"):
        (tmp_path / path.relative_to(REPOSITORY / "static")).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(REPOSITORY / "static"))
    return tmp_path


def translate(static: Path, old: str, new: str) -> None:
    table = static / TABLE.name
    text = table.read_text(encoding="utf-8")
    assert text.count(old) == 1
    table.write_text(text.replace(old, new), encoding="utf-8")


def served(static: Path, *paths: str) -> list[str]:
    """What a server of this folder answers."""
    app = FastAPI()
    app.include_router(page_routes(load_contract(MODEL), static))

    async def answers() -> list[str]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
            return [(await client.get(path)).text for path in paths]

    return asyncio.run(answers())


def test_every_text_of_the_page_itself_is_found() -> None:
    """However the table's lines are broken: none may be lost without notice."""
    named = re.findall(r"\b(page_\w+):", TABLE.read_text(encoding="utf-8"))
    assert sorted(page_words(TABLE.parent)) == sorted(named)
    assert len(named) >= 6


def test_a_translation_of_the_table_is_one_of_page_and_manifest(static: Path) -> None:
    translate(static, 'page_language: "en"', 'page_language: "de"')
    page, manifest = served(static, "/", "/static/manifest.webmanifest")
    assert '<html lang="de">' in page
    assert json.loads(manifest)["lang"] == "de"
    words = page_words(static)
    for name in ("page_title", "page_description", "page_tagline", "page_no_script"):
        assert words[name] in html.unescape(page), name


def test_words_are_no_markup(static: Path) -> None:
    words = page_words(static)
    translate(static, json.dumps(words["page_app_name"]), r'"\"Genres\" <b>& more</b>\u2026"')
    translate(static, words["page_tagline"], "<i>here</i>")
    page, manifest = served(static, "/", "/static/manifest.webmanifest")
    assert json.loads(manifest)["name"] == '"Genres" <b>& more</b>…'
    assert "&lt;i&gt;here&lt;/i&gt;" in page


@pytest.mark.parametrize(
    "entry",
    [
        'page_titel: "Genrescope",',
        "page_title: 'Genrescope',",
        "page_title: `Genrescope`,",
        'page_title: "Genre" + "scope",',
        'page_title: "Genrescope", // to be shortened',
        r'page_title: "\u{1F3B8}",',
        'page_title: "Genrescope"',
    ],
)
def test_a_word_that_cannot_be_read_is_named(static: Path, entry: str) -> None:
    title = page_words(static)["page_title"]
    translate(static, f"page_title: {json.dumps(title)},", entry)
    with pytest.raises(
        PageWordsError, match=r"^static/messages\.js: page_title must be there as one text in double quotes"
    ):
        page_words(static)


def test_the_server_does_not_start_with_it(
    static: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(static, "page_title:", "page_titel:")
    monkeypatch.setattr("server.__main__.STATIC", static)
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("genrescope: static/messages.js: page_title must be there")


def test_a_text_on_the_line_after_its_name_is_read(static: Path) -> None:
    translate(static, 'page_language: "en"', 'page_language:\n    "en-GB"')
    assert page_words(static)["page_language"] == "en-GB"


def test_the_manifest_is_served_as_one(server_url: str) -> None:
    response = httpx.get(f"{server_url}/static/manifest.webmanifest")
    assert response.headers["content-type"].startswith("application/manifest+json")
    assert response.headers["cache-control"] == "no-cache"
    words = page_words(TABLE.parent)
    assert response.json()["name"] == words["page_app_name"]
    assert response.json()["description"] == f"{words['page_description']} {words['page_tagline']}"
    known = {"If-None-Match": response.headers["etag"]}
    assert httpx.get(f"{server_url}/static/manifest.webmanifest", headers=known).status_code == 304
