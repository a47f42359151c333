"""Links that carry a chart, made and read here as static/take-along/link-format.js describes them."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

VERDICT_LEVELS = 10_000


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 128:
        out.append(number % 128 + 128)
        number //= 128
    return bytes([*out, number])


def text(words: str | bytes) -> bytes:
    encoded = words.encode() if isinstance(words, str) else words
    return varint(len(encoded)) + encoded


@dataclass
class Chart:
    """What a link says, in the format's own numbers: nothing is checked, so that it can say anything."""

    title: str | bytes = "A song"
    model: tuple[str, str] = ("net", "1")
    genres: tuple[str, ...] = ("blues", "jazz")
    step_us: int = 1_000_000
    duration_us: int = 2_500_000
    top: int = 0
    is_unsure: int = 0
    shares: tuple[int, ...] = (6000, 4000)
    n_rows: int = 3
    levels: int = 255
    unsure: bytes = b"\x04"
    rows: list[list[int]] = field(default_factory=lambda: [[255, 0], [200, 55], [100, 155]])
    n_genres: int | None = None  # what is said where it is not the number of genres
    rest: bytes = b""
    thresholds: tuple[int, ...] | None = None  # of several genres at once: version 2
    heard: tuple[int, ...] = ()
    n_heard: int | None = None

    def bytes(self) -> bytes:
        verdict = [self.top, self.is_unsure] if self.thresholds is None else self._several()
        numbers = [self.step_us, self.duration_us, *verdict, *self.shares, self.n_rows, self.levels]
        levels = np.array(self.rows).T[: -1 if self.thresholds is None else None]
        differences = np.diff(levels, prepend=0, axis=1) % 256
        genres = [varint(len(self.genres) if self.n_genres is None else self.n_genres), *map(text, self.genres)]
        head = [text(self.title), *map(text, self.model), *genres, *map(varint, numbers)]
        return b"".join(head) + self.unsure + differences.astype(np.uint8).tobytes() + self.rest

    def _several(self) -> list[int]:
        return [*(self.thresholds or ()), len(self.heard) if self.n_heard is None else self.n_heard, *self.heard]

    def fragment(self) -> str:
        return packed(self.bytes(), "1d" if self.thresholds is None else "2d")


def packed(body: bytes, version: str = "1d") -> str:
    """Bytes as a fragment; version 1p leaves them as they are."""
    squeezed = zlib.compress(body, 9) if version.endswith("d") else body
    return f"#chart.{version}.{base64.urlsafe_b64encode(squeezed).decode().rstrip('=')}.end"


class _Reader:
    def __init__(self, body: bytes) -> None:
        self.body, self.at = body, 0

    def take(self, n: int) -> bytes:
        self.at += n
        return self.body[self.at - n : self.at]

    def number(self) -> int:
        number, scale = 0, 1
        while (byte := self.take(1)[0]) >= 128:
            number += (byte - 128) * scale
            scale *= 128
        return number + byte * scale

    def text(self) -> str:
        return self.take(self.number()).decode()


def read(fragment: str) -> dict[str, Any]:
    """What a link of the page's says; probabilities and shares as it means them, 0 to 1."""
    _, version, data, end = fragment.split(".")
    assert (version, end) == ("1d", "end")
    reader = _Reader(zlib.decompress(base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))))
    said: dict[str, Any] = {"title": reader.text(), "model": {"name": reader.text(), "version": reader.text()}}
    genres = said["genres"] = [reader.text() for _ in range(reader.number())]
    said |= {"step_s": reader.number() / 1e6, "duration_s": reader.number() / 1e6}
    said |= {"genre": genres[reader.number()], "is_unsure": bool(reader.number())}
    said["shares"] = [reader.number() / VERDICT_LEVELS for _ in genres]
    n_rows, said["levels"] = reader.number(), reader.number()
    bits = np.frombuffer(reader.take(-(-n_rows // 8)), np.uint8)
    said["unsure"] = np.unpackbits(bits, bitorder="little")[:n_rows].astype(bool).tolist()
    differences = np.frombuffer(reader.take((len(genres) - 1) * n_rows), np.uint8).reshape(-1, n_rows)
    levels = np.cumsum(differences, axis=1) % 256
    said["probabilities"] = np.vstack([levels, said["levels"] - levels.sum(axis=0)]).T / said["levels"]
    assert reader.at == len(reader.body)
    return said
