"""Files that are no songs: each is told apart in words, and the earlier song's chart stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.support import SONGS, make_audio

SONG = SONGS / "metal.mp3"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_empty(visited_page: Page, tmp_path: Path) -> None:
    assert "empty.mp3: This file is empty." in visited_page.refusal(written(tmp_path / "empty.mp3", b""))


def test_a_web_page(visited_page: Page, tmp_path: Path) -> None:
    assert "This is a web page, not a song." in visited_page.refusal(
        written(tmp_path / "a.mp3", b"<!doctype html><p>404")
    )


def test_noise(visited_page: Page, tmp_path: Path) -> None:
    noise = bytes((i * i * 31 + (i >> 5)) % 251 for i in range(50_000))
    assert "There is no sound in this file." in visited_page.refusal(written(tmp_path / "a.mp3", noise))


def test_too_short(visited_page: Page, tmp_path: Path) -> None:
    short = make_audio(tmp_path / "short.mp3", source="sine=440:duration=0.5")
    assert "only 0.5 s long. It takes at least 1 s" in visited_page.refusal(short)
    short = make_audio(tmp_path / "short.flac", source="sine=440:duration=0.5")
    assert "only 0.5 s long. It takes at least 1 s" in visited_page.refusal(short)


def test_a_song_that_is_too_short_leaves_the_earlier_ones_chart_alone(visited_page: Page, tmp_path: Path) -> None:
    visited_page.analyse(SONG)
    visited_page.run("for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame)")  # it is drawn
    axis = visited_page.text("#axis")
    visited_page.refusal(make_audio(tmp_path / "short.mp3", source="sine=440:duration=0.5"))
    assert visited_page.text("#axis") == axis


def test_a_format_that_this_browser_does_not_have(visited_page: Page, tmp_path: Path) -> None:
    assert "cannot decode audio of this kind (CAF)" in visited_page.refusal(make_audio(tmp_path / "a.caf"))
    adpcm = make_audio(tmp_path / "a.wav", "-c:a", "adpcm_ms")
    assert "cannot decode audio of this kind (compressed WAV)" in visited_page.refusal(adpcm)


@pytest.mark.parametrize(("name", "kept"), [("a.m4a", 0.5), ("a.flac", 0.002), ("a.wav", 0.0001)])
def test_cut_off_beyond_use(visited_page: Page, tmp_path: Path, name: str, kept: float) -> None:
    content = make_audio(tmp_path / name).read_bytes()
    broken = written(tmp_path / f"broken-{name}", content[: int(len(content) * kept)])
    assert "file is damaged or cut off" in visited_page.refusal(broken)


@pytest.mark.parametrize("name", ["metal.mp3", "formats/stereo-44100-vorbis.ogg", "formats/mono-8000.wav"])
def test_cut_off_in_the_middle_gives_the_chart_of_what_is_there(visited_page: Page, tmp_path: Path, name: str) -> None:
    whole = SONGS / name
    cut = written(tmp_path / f"cut-{whole.name}", whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    duration_s = visited_page.analyse(cut)["duration_s"]
    assert 0.4 < duration_s / visited_page.analyse(whole)["duration_s"] < 0.8


def test_after_a_refusal_the_earlier_song_is_still_there(visited_page: Page, tmp_path: Path) -> None:
    visited_page.analyse(SONG)
    source = visited_page.find("#audio").get_attribute("src")
    for refused in (written(tmp_path / "x.mp3", b""), make_audio(tmp_path / "a.mp3", source="sine=440:duration=0.4")):
        visited_page.refusal(refused)
        assert visited_page.text("#title") == "metal"
        assert visited_page.find("#audio").get_attribute("src") == source
        visited_page.find("#plot").send_keys("\ue014")  # arrow right
        assert visited_page.text("#readout .genres") != ""
    visited_page.analyse(SONG)
    assert visited_page.text("#alert") == ""


def test_alerts_are_announced(visited_page: Page, tmp_path: Path) -> None:
    visited_page.refusal(written(tmp_path / "empty.mp3", b""))
    alert = visited_page.find("[role=alert]")
    assert alert.is_displayed()
    assert "empty.mp3" in alert.text
