"""The page and POST /predict on the same files: the same genres, second by second."""

from __future__ import annotations

import json
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.support import REPOSITORY, SONGS, ServerProcess, make_audio

CONTRACT = json.loads((REPOSITORY / "model" / "contract.json").read_text(encoding="utf-8"))
TOLERANCE = 0.02  # two MP3 decoders, float16 weights
OWN = ("metal.mp3", "formats/stereo-48000-vbr.mp3", "formats/mono-22050.mp3", "formats/mono-32000.flac")
OTHERS = ("lincity-ng/City-Blues.mp3", "tandemonium/Gold Rush.mp3", "spleeter/audio_example_mono.mp3")


def predicted(server: ServerProcess, song: Path) -> dict[str, Any]:
    """What /predict answers."""
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="song"\r\n\r\n'
    body = head.encode() + song.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(f"{server.url}/predict", data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as response:
        return dict(json.load(response))


def assert_same(page: Page, server: ServerProcess, song: Path) -> None:
    heard, answered = page.analyse(song), predicted(server, song)
    assert set(heard) - {"timings_ms", "backend"} == set(answered)
    assert [heard[key] for key in ("model", "genres", "step_s")] == [
        answered[key] for key in ("model", "genres", "step_s")
    ]
    assert heard["duration_s"] == pytest.approx(answered["duration_s"], abs=0.06)
    rows, expected = np.array(heard["probabilities"]), np.array(answered["probabilities"])
    off = np.abs(rows - expected)
    second, genre = np.unravel_index(np.argmax(off), off.shape)
    assert off.max() <= TOLERANCE, f"off by {off.max():.3f} in second {second}, {heard['genres'][genre]}"
    unsure_below = CONTRACT["rows"]["unsure_below"]
    clear = np.abs(expected.max(axis=1) - unsure_below) > TOLERANCE  # the others may fall on either side
    np.testing.assert_array_equal(np.array(heard["unsure"])[clear], np.array(answered["unsure"])[clear])
    assert set(heard["verdict"]) == set(answered["verdict"])
    assert heard["verdict"]["genre"] == answered["verdict"]["genre"]
    assert heard["verdict"]["confidence"] == pytest.approx(answered["verdict"]["confidence"], abs=TOLERANCE)


@pytest.mark.parametrize("name", OWN)
def test_our_own_songs(visited_page: Page, ready_server: ServerProcess, name: str) -> None:
    assert_same(visited_page, ready_server, SONGS / name)


def test_a_float_song_with_samples_that_are_no_numbers(page: Page, ready_server: ServerProcess, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.wav", "-c:a", "pcm_f32le", source="anoisesrc=duration=8:amplitude=0.3")
    content = bytearray(song.read_bytes())
    samples = np.frombuffer(content, "<f4", offset=len(content) % 4)  # from the end: the header is not whole samples
    for eighth, wrong in enumerate((np.nan, np.inf, -np.inf), start=2):
        at = len(samples) * eighth // 8
        samples[at : at + 100] = wrong
    song.write_bytes(content)
    assert_same(page, ready_server, song)


@pytest.mark.parametrize("name", OTHERS)
def test_songs_of_others(page: Page, ready_server: ServerProcess, other_peoples_songs: Path, name: str) -> None:
    """Extra: 44.1 kHz stereo, 48 kHz and mono."""
    assert_same(page, ready_server, other_peoples_songs / name)
