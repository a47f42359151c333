"""server/site.py and site_headers.py: what a site's folder holds, under which names, and how it is swapped in."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest

from model.contract import load_contract
from server import encodings
from server.files import FOREVER, REVALIDATE
from server.headers import SECURITY_HEADERS
from server.site import Files, SiteError, main, site_files, write_site
from tests.page.site_hosts import headers_of, rules_in
from tests.server.test_precache import kept_by
from tests.support import REPOSITORY

CONTRACT = load_contract(REPOSITORY / "model")


@pytest.fixture(scope="module")
def files() -> Files:
    return site_files(REPOSITORY / "static", CONTRACT)


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A small one."""
    folder = tmp_path / "static"
    shutil.copytree(REPOSITORY / "static" / "offline", folder / "offline")
    shutil.copy(REPOSITORY / "static" / "messages.js", folder)
    return folder


def content(files: Files, path: str) -> bytes:
    found = files[path]
    return found if isinstance(found, bytes) else found.read_bytes()


def static_folder(files: Files) -> str:
    (folder,) = {path.split("/")[0] for path in files if path.startswith("static-")}
    return folder


def test_the_folders_name_is_the_hash_of_all_that_is_in_it(files: Files) -> None:
    folder = static_folder(files)
    hashes = {
        path.removeprefix(f"{folder}/"): hashlib.sha256(content(files, path)).hexdigest()
        for path in sorted(files)
        if path.startswith(f"{folder}/")
    }
    assert folder == f"static-{hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:16]}"
    assert f'src="{folder}/app.js"' in content(files, "index.html").decode()


@pytest.mark.parametrize("changed", ["offline/launch.js", "messages.js"])
def test_any_change_is_another_name_and_another_page(static: Path, changed: str) -> None:
    before = site_files(static, CONTRACT)
    text = (static / changed).read_text(encoding="utf-8")
    (static / changed).write_text(text.replace("Drop a song and", "Drop songs and") + "\n", encoding="utf-8")
    after = site_files(static, CONTRACT)
    assert static_folder(after) != static_folder(before)
    assert all(content(after, path) != content(before, path) for path in ("index.html", "service-worker.js"))


def test_the_service_worker_keeps_what_is_there_by_its_content(files: Files) -> None:
    kept = kept_by(content(files, "service-worker.js").decode())
    for path in kept["files"]:
        assert (path or "index.html") in files
    assert len(kept["files"]) > 200
    assert f'content="{kept["version"]}"' in content(files, "index.html").decode()


def test_all_that_the_page_may_ask_for_is_there_and_the_terms_of_what_is_others(files: Files) -> None:
    folder = static_folder(files)
    modules = [path for path in (REPOSITORY / "static").rglob("*") if path.suffix in {".js", ".css", ".wasm"}]
    lacking = {path.name for path in modules if f"{folder}/{path.relative_to(REPOSITORY / 'static')}" not in files}
    assert lacking == {"service-worker.js", "tfjs-backend-wasm.wasm"}
    vendored = {path.parent.name for path in (REPOSITORY / "static" / "vendor").glob("*/LICENSE")}
    assert {path.split("/")[2] for path in files if path.endswith("/LICENSE")} >= vendored
    assert {"LICENSE", "NOTICE"} < set(files)
    assert (
        f"model/{CONTRACT.server_model}/saved_model.pb" in files
    )  # a network that is taught here goes to servers, too
    assert not any("golden" in path or path.endswith(".keras") for path in files)


def test_types_are_the_servers(files: Files, server_url: str) -> None:
    said = json.loads(content(files, "headers.json"))["files"]
    one_of_each = {Path(path).suffix: path for path in said if Path(path).suffix}
    with httpx.Client(base_url=server_url) as client:
        for path in one_of_each.values():
            at_server = re.sub(r"^static-\w+", "static", path).removesuffix("index.html")
            assert client.head(f"/{at_server}").headers["content-type"] == said[path]["Content-Type"], path


def test_each_way_to_say_the_headers_says_the_same(files: Files) -> None:
    table = json.loads(content(files, "headers.json"))
    rules = rules_in(content(files, "_headers").decode())
    nginx = content(files, "nginx.conf").decode()
    assert table["every"] == SECURITY_HEADERS
    assert set(table["files"]) == files.keys() - {"headers.json", "_headers", "nginx.conf"}
    for path, own in table["files"].items():
        says = headers_of(f"/{path}", rules)
        assert says.get("Content-Type", own["Content-Type"]) == own["Content-Type"], path
        assert says | own == {**table["every"], **own}, path
        assert says["Cache-Control"] == own["Cache-Control"], path
        is_kept = re.match(r"static-\w{16}/|model/export-\w+/", path)
        assert own["Cache-Control"] == (FOREVER if is_kept else REVALIDATE), path
    assert headers_of("/", rules)["Cache-Control"] == REVALIDATE
    for block in nginx.split("\n\n"):
        added = dict(re.findall(r'add_header (\S+) "(.*)" always;', block))
        assert added == {**SECURITY_HEADERS, "Cache-Control": REVALIDATE if "location / " in block else FOREVER}
    assert max(map(len, rules_in_lines := content(files, "_headers").decode().splitlines())) < 2000
    assert len(rules_in_lines) < 200


@pytest.mark.parametrize(
    "said", ["https://genres.example.org", "https://Genres.example.org/", "https://genres.example.org//"]
)
def test_another_server_may_be_asked_and_nobody_else(static: Path, said: str) -> None:
    files = site_files(static, CONTRACT, said)
    page, rules = content(files, "index.html").decode(), content(files, "_headers").decode()
    assert '<meta name="genrescope-hearer" content="https://genres.example.org/">' in page
    for text in (page, rules):
        assert re.findall(r"connect-src ([^;]*);", text.replace("&#39;", "'")) == ["'self' https://genres.example.org"]


@pytest.mark.parametrize(
    ("hearer", "message"),
    [
        ("genres.example.org", "genres.example.org is no address of a server"),
        ("https://a.example; script-src *", "is no address of a server"),
        ("https://a.example/?x=1", "is no address of a server"),
        ("https://me:secret@a.example", "is no address of a server"),
        ("https://a.example/predict", "without the predict at its end"),
    ],
)
def test_what_is_no_servers_address_is_refused(static: Path, hearer: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        site_files(static, CONTRACT, hearer)


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_files_are_written_as_the_same_bytes_in_place_of_what_was_there(static: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sites" / "mine"
    write_site(folder, site_files(static, CONTRACT))
    (folder / "left over").touch()
    before = written(folder)
    for path in static.rglob("*.js"):
        path.touch()
    write_site(folder, site_files(static, CONTRACT))
    assert written(folder) | {"left over": b""} == before
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


@pytest.mark.parametrize("there", ["notes.txt", "headers.json"])
def test_what_is_no_site_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], there: str) -> None:
    (tmp_path / there).write_text("[]")
    assert main([str(tmp_path)]) == 2
    assert re.fullmatch(r"site: .* is there and is no site of ours: choose another folder\n", capsys.readouterr().err)
    assert written(tmp_path) == {there: b"[]"}


def test_compressed_forms_lie_beside(static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "PREPARED", tmp_path / "prepared")
    files = {path: content for path, content in site_files(static, CONTRACT).items() if not path.startswith("model/")}
    write_site(tmp_path / "site", files, compress=True)
    found = written(tmp_path / "site")
    for path in ("index.html", "service-worker.js", f"{static_folder(files)}/messages.js"):
        for ending, coding in ((".br", "br"), (".gz", "gzip")):
            assert found[path + ending] == encodings.ENCODERS[coding](found[path])
    assert not any(path.startswith("_headers.") for path in found)
