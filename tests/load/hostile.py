"""Files that strangers send: no songs, broken songs, and few bytes that are much sound."""

from __future__ import annotations

import random
from collections import Counter
from itertools import cycle
from pathlib import Path

import httpx

from tests.meanwhile import Meanwhile
from tests.support import SONGS, make_audio

EXPECTED = (httpx.codes.OK, httpx.codes.UNSUPPORTED_MEDIA_TYPE, httpx.codes.UNPROCESSABLE_ENTITY)


def hostile_files(folder: Path) -> dict[str, bytes]:
    """By what they are; some are made in the folder."""
    song = (SONGS / "blues.mp3").read_bytes()
    silence = make_audio(folder / "silence.flac", source="anullsrc=duration=600").read_bytes()
    claims_hours = bytearray(
        make_audio(folder / "hours.wav", source="sine=440:duration=2:sample_rate=8000").read_bytes()
    )
    at = claims_hours.index(b"data") + 4
    claims_hours[at : at + 4] = (36_000 * 16_000).to_bytes(4, "little")
    return {
        "empty": b"",
        "a page": b"<!doctype html><title>Song not found</title>",
        "a playlist": b"#EXTM3U\n#EXTINF:3,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "a concatenation script": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "any bytes": random.Random(0).randbytes(200_000),
        "a song's first bytes": song[:50],
        "a song with a hole": song[:20_000] + bytes(20_000) + song[40_000:],
        "ten minutes of silence": silence,
        "a header of ten hours": bytes(claims_hours),
    }


class Strangers(Meanwhile):
    """Send such files one after the other as long as it is entered, and count what they are answered."""

    def __init__(self, url: str, files: dict[str, bytes]) -> None:
        super().__init__()
        self.statuses = Counter[int]()
        self.unexpected: list[str] = []
        self._url, self._files = url, files

    def work(self) -> None:
        """Called by Meanwhile."""
        with httpx.Client(timeout=180, trust_env=False) as client:
            for name, content in cycle(self._files.items()):
                if self.is_over.is_set():
                    break
                self._note(name, client.post(f"{self._url}/predict", files={"file": content}))

    def _note(self, name: str, answer: httpx.Response) -> None:
        self.statuses[answer.status_code] += 1
        is_refusal = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers
        if is_refusal:
            self.is_over.wait(float(answer.headers["retry-after"]))
        elif answer.status_code not in EXPECTED:
            self.unexpected.append(f"{name} was answered with {answer.status_code}")
