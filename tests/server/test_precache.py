"""server/precache.py: which files the service worker keeps, and that its script names each by its content."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from model.contract import load_contract
from server.precache import PageFiles
from tests.support import REPOSITORY

MODEL = REPOSITORY / "model"


def kept_by(script: str) -> dict[str, dict[str, str] | str]:
    """The list at the head of the worker's script."""
    head, _, rest = script.partition(";\n\n")
    assert 'addEventListener("fetch"' in rest
    return dict(json.loads(head.removeprefix("self.kept = ")))


@pytest.fixture(scope="module")
def client(server_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server_url, timeout=30) as client:
        yield client


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    for part in ("offline", "icons"):
        shutil.copytree(REPOSITORY / "static" / part, folder / part)
    return folder


def files_in(static: Path) -> PageFiles:
    return PageFiles(static, load_contract(MODEL), b"{}")


def test_every_file_that_is_named_is_served_as_it_is_named(client: httpx.Client) -> None:
    files = kept_by(client.get("/service-worker.js").text)["files"]
    assert "" in files
    for path, integrity in dict(files).items():
        response = client.get(f"/{path}")
        assert response.status_code == 200, path
        digest = base64.b64encode(hashlib.sha256(response.content).digest()).decode()
        assert integrity == f"sha256-{digest}", path


def test_the_page_says_the_version_that_its_worker_has(client: httpx.Client) -> None:
    version = kept_by(client.get("/service-worker.js").text)["version"]
    assert f'<meta name="genrescope-version" content="{version}">' in client.get("/").text


def test_what_the_page_uses_is_kept_and_nothing_else(client: httpx.Client) -> None:
    files = set(kept_by(client.get("/service-worker.js").text)["files"])
    contract = client.get("/model/contract.json").json()
    assert {
        "static/app.js", "static/style.css", "static/sample/medley.mp3", "static/manifest.webmanifest",
        "static/signal/dsp.wasm", "model/contract.json", f"model/{contract['browser_model']}",
        f"model/{contract['signal_chain']['mel_filters']}", f"model/{contract['units']}",
        f"model/{contract['units']}".replace(".json", ".bin"),
    } < files  # fmt: skip
    assert [path for path in files if "golden" in path or "/server/" in path or path.endswith((".keras", ".ts"))] == []
    assert not files & {"static/offline/service-worker.js", "service-worker.js", "predict"}
    modules = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "static").rglob("*.js")}
    assert modules - files == {"static/offline/service-worker.js"}


def test_the_worker_is_asked_for_again_each_time_and_serves_the_whole_page(client: httpx.Client) -> None:
    response = client.get("/service-worker.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert client.get("/service-worker.js", headers={"If-None-Match": response.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("change", ["static file", "static file of the same size", "contract", "template"])
def test_any_change_is_another_version(static: Path, change: str) -> None:
    before = files_in(static).version(["page"])
    contract_body, templates = b"{}", ["page"]
    launch = static / "offline" / "launch.js"
    if change == "static file":
        launch.write_text("// another")
    elif change == "static file of the same size":
        launch.write_bytes(bytes(launch.stat().st_size))
    elif change == "contract":
        contract_body = b'{"version": "2"}'
    else:
        templates = ["another page"]
    assert PageFiles(static, load_contract(MODEL), contract_body).version(templates) != before


def test_the_same_files_are_the_same_version(static: Path) -> None:
    before = files_in(static).version(["page"])
    for path in static.rglob("*.js"):
        path.touch()
    (static / "notes.txt").write_text("not the page's")
    assert files_in(static).version(["page"]) == before
