"""GET routes of a real server: page, static files, model folder, health, and the headers of all of them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.headers import SECURITY_HEADERS
from server.problems import KINDS
from server.schemas import Prediction, Results, TopPrediction
from tests.support import PROBLEM_FIELDS, REPOSITORY, ServerProcess, assert_problem

CONTRACT = json.loads((REPOSITORY / "model" / "contract.json").read_text())
IDENTITY = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def client(server_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server_url, timeout=30) as client:
        yield client


def test_page(client: httpx.Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "<main" in response.text
    assert "{{" not in response.text


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/static/app.js", "text/javascript; charset=utf-8"),
        ("/static/style.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/static/sample/medley.mp3", "audio/mpeg"),
        ("/model/contract.json", "application/json"),
        ("/model/" + CONTRACT["browser_model"], "application/json"),
        ("/model/" + CONTRACT["signal_chain"]["mel_filters"], "application/octet-stream"),
    ],
)
def test_content_types(client: httpx.Client, path: str, content_type: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, content_type)


def test_wasm_can_be_compiled_while_it_arrives(client: httpx.Client) -> None:
    wasm = next((REPOSITORY / "static" / "vendor").rglob("*.wasm"))
    response = client.get(f"/static/{wasm.relative_to(REPOSITORY / 'static')}")
    assert response.headers["content-type"] == "application/wasm"
    assert response.content == wasm.read_bytes()


def test_every_file_of_the_contract_is_served_and_kept_forever(client: httpx.Client) -> None:
    for path in CONTRACT["files"]:
        response = client.get(f"/model/{path}")
        assert response.status_code == 200, path
        assert response.content == (REPOSITORY / "model" / path).read_bytes(), path
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_contract_is_asked_for_again_each_time(client: httpx.Client) -> None:
    assert client.get("/model/contract.json").headers["cache-control"] == "no-cache"
    assert client.get("/model/contract.json").json() == CONTRACT


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/", "/static/app.js", "/model/contract.json", "/static/sample/medley.mp3"])
def test_what_the_client_has_is_not_sent_again(client: httpx.Client, path: str, encoding: str) -> None:
    first = client.get(path, headers={"Accept-Encoding": encoding})
    again = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    changed = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/model/" + CONTRACT["signal_chain"]["mel_filters"]])
def test_text_and_numbers_are_compressed_for_who_can(client: httpx.Client, path: str) -> None:
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as response:
        compressed = b"".join(response.iter_raw())
    plain = client.get(path, headers=IDENTITY)
    assert response.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(compressed) == plain.content
    assert len(compressed) < 0.8 * len(plain.content)
    assert response.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert response.headers["etag"] != plain.headers["etag"]


def test_a_song_is_sent_as_it_is_and_in_parts(client: httpx.Client) -> None:
    whole = client.get("/static/sample/medley.mp3")
    part = client.get("/static/sample/medley.mp3", headers={"Range": "bytes=100-199"})
    assert "content-encoding" not in whole.headers
    assert (part.status_code, part.content) == (206, whole.content[100:200])


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/sample/medley.mp3", "/model/contract.json"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    got, head = client.get(path, headers=IDENTITY), client.head(path, headers=IDENTITY)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/static/",
        "/static/none.js",
        "/static/../server/app.py",
        "/static/%2e%2e/server/app.py",
        "/static/..%2fserver%2fapp.py",
        "/static//etc/passwd",
        "/static/%00",
        "/model/",
        "/model/audio.py",
        "/model/../requirements.txt",
        "/model/%2e%2e/requirements.txt",
        "/model//etc/passwd",
        "/docs",
    ],
)
def test_everything_else_is_not_found(client: httpx.Client, path: str) -> None:
    request = client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())  # as it stands: no dots resolved on our side
    assert_problem(client.send(request), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("DELETE", "/model/contract.json"), ("GET", "/predict"), ("PUT", "/static/app.js")],
)
def test_other_methods_are_refused(client: httpx.Client, method: str, path: str) -> None:
    assert_problem(client.request(method, path), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    ["/", "/static/app.js", "/model/contract.json", "/healthz", "/readyz", "/openapi.json", "/nowhere", "/predict"],
)
def test_security_headers_are_on_every_answer(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "server" not in headers


def test_policy_allows_no_other_origin() -> None:
    policy = dict(part.split(" ", 1) for part in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    sources = {source for sources in policy.values() for source in sources.split()}
    assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'", "blob:"}
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"


def test_alive(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


def test_openapi_describes_predict_with_examples_of_every_error(client: httpx.Client) -> None:
    description = client.get("/openapi.json").json()
    predict = description["paths"]["/predict"]["post"]
    assert set(predict["responses"]) == {"200", "400", "408", "413", "415", "422", "500", "503"}
    file = predict["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["file"]
    assert file["items"]["format"] == "binary"
    problems = {
        int(status): response["content"].get("application/problem+json")
        for status, response in predict["responses"].items()
        if status != "200"
    }
    assert all(set(problem["schema"]["properties"]) == PROBLEM_FIELDS for problem in problems.values())
    examples = [
        (status, code, example["value"])
        for status, problem in problems.items()
        for code, example in problem["examples"].items()
    ]
    assert all((value["status"], value["code"]) == (status, code) for status, code, value in examples)
    assert {code for _, code, _ in examples} == set(KINDS) - {"not_found", "method_not_allowed"}
    forms = predict["responses"]["200"]["content"]
    assert set(forms) == {"application/json", "application/x-ndjson", "text/csv"}
    examples = {name: example["value"] for name, example in forms["application/json"]["examples"].items()}
    Prediction.model_validate(examples["one"], strict=True)
    TopPrediction.model_validate(examples["top"], strict=True)
    Results.model_validate(examples["several"])
    assert [json.loads(line)["kind"] for line in forms["application/x-ndjson"]["example"].splitlines()][-1] == "end"


def test_a_running_server_keeps_to_the_contract_that_it_started_with(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for path in ("contract.json", *CONTRACT["files"]):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "model" / path, folder / path)
    server = ServerProcess(MODEL=str(folder))
    try:
        server.wait_for_page()
        with httpx.Client(base_url=server.url, timeout=30) as client:
            first = client.get("/model/contract.json")
            assert first.json() == CONTRACT
            (folder / "contract.json").write_text(json.dumps({**CONTRACT, "version": "of the next export"}))
            (folder / CONTRACT["browser_model"]).unlink()
            again = client.get("/model/contract.json")
            assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
            assert_problem(client.get("/model/" + CONTRACT["browser_model"]), 404, "not_found")
            assert client.get("/model/" + CONTRACT["signal_chain"]["mel_filters"]).status_code == 200
        assert "Traceback" not in server.output()
    finally:
        server.stop()
