"""The server: its start, /predict beside plain decoding, requests at once, and the level of a song."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soundfile

from tests.bench.songs import Song

N_AT_ONCE = 4
GAINS_DB = (-12, 12)
CLIENT = httpx.Client(timeout=300)  # one for all: making one reads the system's certificates, 20 ms each time


def milliseconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def predict_pairs(url: str, song: Song, n_pairs: int) -> dict[str, list[float]]:
    """POST /predict and `soundfile.read` of the same file, one right after the other; the first pair is left out."""
    times: dict[str, list[float]] = {"soundfile_ms": [], "predict_ms": []}
    works = {"soundfile_ms": lambda: soundfile.read(song.path, dtype="float32"), "predict_ms": _poster(url, song)}
    for n in range(n_pairs + 1):
        for name in sorted(works, reverse=n % 2 == 0):
            times[name].append(milliseconds(works[name]))
    return {name: values[1:] for name, values in times.items()}


def concurrency(url: str, song: Song, n_rounds: int) -> dict[str, list[float]]:
    """Four songs one after the other, and four at once: how long until all are answered."""
    post = _poster(url, song)
    times: dict[str, list[float]] = {"one_by_one_ms": [], "at_once_ms": []}
    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        for _ in range(n_rounds):
            times["one_by_one_ms"].append(milliseconds(lambda: [post() for _ in range(N_AT_ONCE)]))
            times["at_once_ms"].append(milliseconds(lambda: list(pool.map(lambda _: post(), range(N_AT_ONCE)))))
    return times


def level(url: str, song: Song) -> dict[str, float]:
    """The share of seconds (%) whose top genre another level changes, by gain. Float samples: nothing is clipped."""
    tops = {gain_db: _top_genres(url, song, gain_db) for gain_db in (0, *GAINS_DB)}
    return {f"{gain_db:+d} dB": changed_percent(tops[0], tops[gain_db]) for gain_db in GAINS_DB}


def changed_percent(before: list[int], after: list[int]) -> float:
    """How many of the rows have another top genre, in percent. Raises ValueError on unequal lengths."""
    return 100 * sum(a != b for a, b in zip(before, after, strict=True)) / len(before)


def _top_genres(url: str, song: Song, gain_db: int) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "level.wav")
        change = ["-af", f"volume={gain_db}dB:precision=double", "-c:a", "pcm_f32le"]
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", song.path, *change, path], check=True)
        return [int(np.argmax(row)) for row in _predict(url, path.name, path.read_bytes())["probabilities"]]


def _poster(url: str, song: Song) -> Callable[[], object]:
    content = song.path.read_bytes()
    return lambda: _predict(url, song.path.name, content)


def _predict(url: str, name: str, content: bytes) -> dict[str, Any]:
    answer = CLIENT.post(f"{url}/predict", files={"file": (name, content)})
    return dict(answer.raise_for_status().json())
