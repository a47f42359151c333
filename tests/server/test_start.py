"""How the server starts and stops: what it refuses, how soon the page is there, what it says meanwhile."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from server.__main__ import _listen
from server.settings import read_settings
from tests.support import REPOSITORY, SONGS, ServerProcess, assert_problem

MODEL = REPOSITORY / "model"
CONTRACT = json.loads((MODEL / "contract.json").read_text())


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """A copy of the shipped model folder, to be damaged."""
    folder = tmp_path / "my model"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@pytest.fixture
def fresh_server() -> Iterator[ServerProcess]:
    process = ServerProcess()
    yield process
    process.stop()


def refused(*arguments: str, **environment: str) -> str:
    """What a server says that must not start; holds its exit code to 2."""
    process = ServerProcess(*arguments, **environment)
    try:
        assert process.wait() == 2, process.output()
        return process.output()
    finally:
        process.stop()


def test_page_is_up_before_the_model(fresh_server: ServerProcess) -> None:
    fresh_server.wait_for_page()
    ready = httpx.get(f"{fresh_server.url}/readyz")
    assert_problem(ready, 503, "model_not_ready")
    assert int(ready.headers["retry-after"]) > 0


def test_predict_says_when_to_come_back_until_it_is_ready(fresh_server: ServerProcess) -> None:
    fresh_server.wait_for_page()
    with (SONGS / "blues.mp3").open("rb") as song:
        response = httpx.post(f"{fresh_server.url}/predict", files={"file": song}, timeout=30)
    assert_problem(response, 503, "model_not_ready")
    assert int(response.headers["retry-after"]) > 0
    fresh_server.wait_until_ready()
    ready = httpx.get(f"{fresh_server.url}/readyz")
    model = {"name": CONTRACT["name"], "version": CONTRACT["version"]}
    assert ready.json() == {"status": "ready", "model": model, "device": "/device:CPU:0"} or "GPU" in ready.text


def test_model_is_loaded_once_however_many_ask_for_it(fresh_server: ServerProcess) -> None:
    fresh_server.wait_for_page()
    song = (SONGS / "blues.mp3").read_bytes()

    def ask(_: int) -> int:
        httpx.get(f"{fresh_server.url}/readyz", timeout=60)
        return httpx.post(f"{fresh_server.url}/predict", files={"file": song}, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) <= {200, 503}
        fresh_server.wait_until_ready()
        assert set(pool.map(ask, range(8))) == {200}
    assert fresh_server.output().count("/predict is ready") == 1


def test_server_does_not_import_tensorflow_to_start() -> None:
    code = "import sys, server.__main__, server.serving, server.workers\n"
    code += "print([m for m in ('tensorflow', 'keras', 'scipy', 'ray') if m in sys.modules])"
    listed = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert listed.stdout.strip() == "[]"


def test_it_stops_when_told(fresh_server: ServerProcess) -> None:
    fresh_server.wait_for_page()
    assert fresh_server.stop() == 0


def test_another_model_folder(model_copy: Path) -> None:
    process = ServerProcess(MODEL=str(model_copy))
    try:
        process.wait_for_page()
        assert httpx.get(f"{process.url}/model/contract.json").json() == CONTRACT
        process.wait_until_ready()
    finally:
        process.stop()


def test_an_address_without_ray_is_said_at_once() -> None:
    said = refused("--ray", "127.0.0.1:9")
    assert "genrescope: not on Ray at 127.0.0.1:9: [Errno" in said
    assert "Traceback" not in said


def test_a_ray_whose_secret_is_not_known_is_refused_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ray:
        address = f"127.0.0.1:{ray.getsockname()[1]}"
        said = refused("--ray", address, RAY_AUTH_MODE="token", HOME=str(tmp_path))
    assert f"genrescope: not on Ray at {address}: Token authentication is enabled but no" in said
    assert "Traceback" not in said


def test_missing_model_folder() -> None:
    assert "/no/such/folder/contract.json does not exist" in refused(MODEL="/no/such/folder")


def test_contract_that_is_no_json(model_copy: Path) -> None:
    (model_copy / "contract.json").write_text("{")
    assert "contract.json cannot be read" in refused(MODEL=str(model_copy))


def test_missing_artefact(model_copy: Path) -> None:
    (model_copy / CONTRACT["signal_chain"]["mel_filters"]).unlink()
    assert f"{CONTRACT['signal_chain']['mel_filters']} is missing" in refused(MODEL=str(model_copy))


def test_damaged_artefact(model_copy: Path) -> None:
    with (model_copy / CONTRACT["browser_model"]).open("a") as file:
        file.write(" ")
    assert "is not the file that was exported" in refused(MODEL=str(model_copy))


def test_refusals_are_one_sentence(model_copy: Path) -> None:
    (model_copy / "contract.json").unlink()
    said = refused(MODEL=str(model_copy))
    assert said.startswith("genrescope: ")
    assert said.count("\n") == 1


def test_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in refused("--port", str(port))


def test_answers_are_sent_without_delay() -> None:
    with _listen(read_settings({"PORT": "0"})) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_setting_that_cannot_be() -> None:
    assert "PORT is 'x', must be a whole number" in refused("--port", "x")
    assert "PORT is '80a', must be a whole number" in refused(PORT="80a")


def test_missing_ffmpeg(tmp_path: Path) -> None:
    assert "ffmpeg is not on the PATH" in refused(PATH=str(tmp_path))


def test_help_lists_the_variables() -> None:
    command = [sys.executable, "-m", "server", "--help"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert "GENRESCOPE_MAX_UPLOAD_MB" in listed.stdout
    assert "MODEL" in listed.stdout


def test_model_that_cannot_be_loaded_leaves_the_page_up(model_copy: Path) -> None:
    server_model = f"{CONTRACT['server_model']}/saved_model.pb"
    (model_copy / server_model).write_bytes(b"not a saved model")
    contract = json.loads((model_copy / "contract.json").read_text())
    contract["files"][server_model]["sha256"] = hashlib.sha256(b"not a saved model").hexdigest()
    (model_copy / "contract.json").write_text(json.dumps(contract))
    process = ServerProcess(MODEL=str(model_copy))
    try:
        process.wait_for_page()
        process._until(lambda: "/predict does not work" in process.output(), 60, "the log")
        ready = assert_problem(httpx.get(f"{process.url}/readyz"), 503, "model_failed")
        assert "saved_model.pb" in str(ready["detail"])
        assert_problem(httpx.post(f"{process.url}/predict"), 503, "model_failed")
        assert process.answers("/")
    finally:
        process.stop()
