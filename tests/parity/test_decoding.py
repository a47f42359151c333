"""tests/parity/decoding.py: it decodes as the page does, by the route that the song worker takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.page.browser import Page
from tests.parity.decoding import decoded_in_page
from tests.support import SONGS, make_audio


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("metal.mp3", "mpeg"),
        ("formats/mono-8000.wav", "file-pcm"),
        ("formats/mono-32000.flac", "packets"),
        ("formats/stereo-44100-vorbis.ogg", "packets"),
        ("formats/stereo-48000.opus", "packets"),
    ],
)
def test_a_file_takes_the_song_workers_route(page: Page, name: str, route: str) -> None:
    assert decoded_in_page(page, SONGS / name).route == route


def test_what_only_the_browser_decodes_comes_from_it(page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "song.webm", "-c:a", "libvorbis", source="sine=440:duration=3:sample_rate=44100")
    decoded = decoded_in_page(page, song)
    assert decoded.route == "browser"
    assert decoded.sample_rate_hz == 44_100
    assert len(decoded.pcm) == pytest.approx(3 * 44_100, abs=4096)  # a packet's worth


def test_one_song_after_the_other(page: Page) -> None:
    first = decoded_in_page(page, SONGS / "metal.mp3")
    decoded_in_page(page, SONGS / "formats" / "mono-8000.wav")
    np.testing.assert_array_equal(decoded_in_page(page, SONGS / "metal.mp3").pcm, first.pcm)


def test_segments_decoded_apart_stand_end_to_end(page: Page, tmp_path: Path) -> None:
    """45 s are three segments: a ramp has no gap, no sample twice and none in another's place."""
    ramp = "aevalsrc=exprs=t/50:s=8000:d=45"
    decoded = decoded_in_page(page, make_audio(tmp_path / "ramp.wav", "-c:a", "pcm_f32le", source=ramp))
    assert decoded.pcm.shape == (360_000, 1)
    np.testing.assert_allclose(np.diff(decoded.pcm[:, 0]), 1 / 50 / 8000, rtol=0.05)


def test_where_headers_promise_what_the_decoder_does_not_give(page: Page, tmp_path: Path) -> None:
    """What follows from there on is decoded in one go, as the page does it, and stands behind what was right."""
    content = bytearray((SONGS / "metal.mp3").read_bytes())
    whole = decoded_in_page(page, SONGS / "metal.mp3")
    middle = len(content) * 9 // 10
    content[middle : middle + 5000] = bytes(5000)
    song = tmp_path / "damaged.mp3"
    song.write_bytes(content)
    damaged = decoded_in_page(page, song)
    assert damaged.route.endswith("mpeg-rest")
    n_right = len(whole.pcm) // 2
    np.testing.assert_allclose(damaged.pcm[:n_right], whole.pcm[:n_right], atol=1e-5)
