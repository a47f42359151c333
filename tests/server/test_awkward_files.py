"""POST /predict with awkward files: a known answer to each, and the next good song is right.

None leaves a process or an open file behind, leads to another file, or makes the server ask anybody for anything.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.problems import KINDS
from tests.server.awkward_documents import DOCUMENTS, references
from tests.server.awkward_sounds import SOUNDS, Make, Outcome, song
from tests.support import ServerProcess, assert_problem

LONG: dict[str, tuple[str, Outcome]] = {
    "an hour of silence": ("anullsrc=duration=3600:sample_rate=8000", 3600.0),
    "two hours of silence": ("anullsrc=duration=7200:sample_rate=8000", "too_long"),
}
NAMES = [
    "/dev/zero",
    "/dev/stdin",
    "/dev/fd/0",
    "../../../../tmp/genrescope-was-here.mp3",
    "/tmp/genrescope-was-here.mp3",  # noqa: S108
    "C:\\Windows\\win.ini",
    "-i",
    "pipe:0",
    "file:/etc/passwd",
    "concat:/etc/passwd|/etc/passwd",
    "http://127.0.0.1:1/a.mp3",
    "a\r\nX: y",
    "%00",
    "a\0b.mp3",
    "歌 #?&.mp3",
    "歌" * 85,  # 255 bytes
    "\u202e3pm.exe",
    ".",
    "x" * 4000,
]


@pytest.fixture(scope="module")
def good() -> bytes:
    """A song whose answer is known."""
    return song("a.mp3", source="sine=440:duration=1.5")


def send(server: ServerProcess, content: bytes, name: str = "song.mp3") -> httpx.Response:
    return httpx.post(f"{server.url}/predict", files={"file": (name, content)}, timeout=120)


@pytest.fixture(scope="module")
def answer(ready_server: ServerProcess, good: bytes) -> Any:
    return send(ready_server, good).raise_for_status().json()


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left(ready_server: ServerProcess) -> Iterator[None]:
    """After all of it."""
    before = ready_server.n_descriptors
    yield
    assert ready_server.n_descriptors <= before + 2  # connections that rest
    assert ready_server.children == []
    assert "Traceback" not in ready_server.output()


@pytest.fixture(autouse=True)
def serves_on(ready_server: ServerProcess, good: bytes, answer: Any) -> Iterator[None]:
    """After each the next good song is right."""
    yield
    assert send(ready_server, good).json() == answer


def seen(response: httpx.Response) -> tuple[str, float]:
    """The code that a song was answered with, or "heard", and the seconds. Holds the answer to what is documented."""
    body = response.json()
    if response.status_code == 200:
        return "heard", body["duration_s"]
    assert_problem(response, KINDS[body["code"]].status, body["code"])
    return body["code"], 0.0


def is_right(found: tuple[str, float], outcome: Outcome) -> bool:
    if isinstance(outcome, str):
        return found[0] in outcome.split("|")
    return found[0] == "heard" and found[1] == pytest.approx(outcome, abs=0.2)


def send_all(server: ServerProcess, files: dict[str, tuple[Make, Outcome]]) -> None:
    """Two at a time. Names all that were not answered as they are to be."""
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(files, pool.map(lambda file: seen(send(server, file[0]())), files.values()), strict=True))
    wrong = {name: (found[name], outcome) for name, (_, outcome) in files.items() if not is_right(found[name], outcome)}
    assert wrong == {}


def of_kind(kind: str) -> dict[str, tuple[Make, Outcome]]:
    return {name: file for name, file in SOUNDS.items() if name.startswith(f"{kind}: ")}


@pytest.mark.parametrize("kind", sorted({name.split(": ")[0] for name in SOUNDS}))
def test_sounds(ready_server: ServerProcess, kind: str) -> None:
    send_all(ready_server, of_kind(kind))


@pytest.mark.skipif("FUZZ_EXAMPLES" not in os.environ, reason="takes long: only with FUZZ_EXAMPLES, as make soak does")
@pytest.mark.parametrize("name", LONG)
def test_long_sound(ready_server: ServerProcess, name: str) -> None:
    source, outcome = LONG[name]
    send_all(ready_server, {name: (lambda: song("a.flac", source=source), outcome)})


def test_documents(ready_server: ServerProcess) -> None:
    send_all(ready_server, {name: (lambda it=content: it, "not_audio") for name, content in DOCUMENTS.items()})


def test_references_lead_nowhere(ready_server: ServerProcess, tmp_path: Path) -> None:
    """Neither to a sound of three seconds on disk nor to somebody who listens, whom nobody has asked in the end."""
    private = tmp_path / "a.wav"
    private.write_bytes(song("a.wav", source="sine=440:duration=3:sample_rate=8000"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        files = references(private, f"127.0.0.1:{listener.getsockname()[1]}")
        # A MOV's own bytes are taken for its sound, wherever it says that they are.
        outcomes: dict[str, Outcome] = {name: 2.0 if name.startswith("MOV") else "not_audio" for name in files}
        send_all(ready_server, {name: (lambda it=content: it, outcomes[name]) for name, content in files.items()})
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_names_are_never_used(ready_server: ServerProcess, good: bytes, answer: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda name: send(ready_server, good, name).json(), NAMES)
        assert dict(zip(NAMES, answers, strict=True)) == dict.fromkeys(NAMES, answer)
    assert not Path("/tmp/genrescope-was-here.mp3").exists()  # noqa: S108
