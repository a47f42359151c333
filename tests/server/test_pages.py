"""GET routes of a real server: page, static files, model folder, health. How files are sent: test_files.py."""

from __future__ import annotations

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
        "/predict/",
        "/readyz/",
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
    assert {code for _, code, _ in examples} == set(KINDS) - {"not_found", "method_not_allowed", "bad_range"}
    forms = predict["responses"]["200"]["content"]
    assert set(forms) == {"application/json", "application/x-ndjson", "text/csv"}
    examples = {name: example["value"] for name, example in forms["application/json"]["examples"].items()}
    Prediction.model_validate(examples["one"], strict=True)
    Prediction.model_validate(examples["multi_label"], strict=True)
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
