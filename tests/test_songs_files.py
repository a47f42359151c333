"""The songs' files and sound: what is committed decodes to what was composed, and is rendered again alike."""

import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.songs.compose import SEED, main
from tests.songs.effects import amplify, limit, rms
from tests.songs.encode import FIXTURES, Fixture
from tests.songs.medley import ORDER
from tests.songs.render import FADE_S, MissingPackage, check_packages, render
from tests.songs.score import Amp
from tests.songs.styles import GENRES, compose

SONGS = Path(__file__).parent / "songs"
SAMPLE = SONGS.parents[1] / "static" / "sample"


def decode(path: Path) -> npt.NDArray[np.float32]:
    """PCM of an audio file as ffmpeg decodes it, [n, channels] at the file's own rate."""
    shape = probe(path)
    raw = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-f", "f32le", "-"], capture_output=True, check=True
    )
    return np.frombuffer(raw.stdout, "<f4").reshape(-1, shape["channels"])


def probe(path: Path) -> dict[str, int]:
    entries = "stream=sample_rate,channels"
    command = ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", str(path)]
    stream = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"][0]
    return {"sample_rate_hz": int(stream["sample_rate"]), "channels": stream["channels"]}


@pytest.mark.parametrize("genre", GENRES)
def test_committed_song_decodes_to_its_length_starts_at_once_and_does_not_clip(genre: str) -> None:
    path, piece = SONGS / f"{genre}.mp3", compose(genre, SEED)
    sound = decode(path)
    assert probe(path) == {"sample_rate_hz": 44100, "channels": 2}
    assert len(sound) / 44100 == pytest.approx(piece.seconds(piece.bars) + FADE_S, abs=0.06)
    assert 12 <= len(sound) / 44100 <= 15
    assert 0.4 < np.abs(sound).max() < 1
    assert 20 * np.log10(rms(sound)) == pytest.approx(piece.loudness_dbfs, abs=1.5)  # less what the limiter took
    assert rms(sound[:4410]) > 0.1 * rms(sound)
    assert path.stat().st_size <= 180_000


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_committed_fixture_has_its_shape(fixture: Fixture) -> None:
    path = SONGS / "formats" / fixture.name
    assert probe(path) == {"sample_rate_hz": fixture.sample_rate_hz, "channels": fixture.channels}
    sound = decode(path)
    assert len(sound) / fixture.sample_rate_hz == pytest.approx(fixture.duration_s, abs=0.12)
    assert 0.1 < np.abs(sound).max() < 1


def test_medley_changes_style_where_its_description_says() -> None:
    description = json.loads((SAMPLE / "medley.json").read_text())
    starts = [change["start_s"] for change in description["changes"]]
    assert [change["genre"] for change in description["changes"]] == list(ORDER)
    assert sorted(ORDER) == sorted(GENRES)
    pieces = [compose(genre, SEED) for genre in ORDER]
    ends = np.cumsum([piece.seconds(piece.medley_bars) for piece in pieces])
    assert starts == pytest.approx([0, *ends[:-1]], abs=0.001)
    sound = decode(SAMPLE / "medley.mp3")
    assert len(sound) / 44100 == pytest.approx(description["duration_s"], abs=0.06)
    assert description["duration_s"] == pytest.approx(ends[-1] + FADE_S, abs=0.01)
    assert np.abs(sound).max() < 1
    assert description["licence"] == "CC0 1.0"


def test_medley_plays_each_song_from_its_change_on() -> None:
    medley = decode(SAMPLE / "medley.mp3").mean(axis=1)
    for change in json.loads((SAMPLE / "medley.json").read_text())["changes"]:
        song = decode(SONGS / f"{change['genre']}.mp3").mean(axis=1)
        begin = round(change["start_s"] * 44100) + 44100  # a second in, where the tail before has died away
        assert np.corrcoef(song[44100:132300], medley[begin : begin + 88200])[0, 1] > 0.9, change


def test_rendering_again_gives_the_committed_song() -> None:
    try:
        check_packages()
    except MissingPackage as missing:
        pytest.skip(str(missing))
    rendered = render(compose("disco", SEED), SEED)
    committed = decode(SONGS / "disco.mp3")
    n_both = min(len(rendered), len(committed))
    assert np.corrcoef(rendered[:n_both].ravel(), committed[:n_both].ravel())[0, 1] > 0.95


def test_command_names_the_package_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--out", str(tmp_path / "songs"), "--sample", str(tmp_path / "sample")]) == 1
    assert capsys.readouterr().err == "ffmpeg is not installed: apt-get install ffmpeg\n"
    assert list(tmp_path.iterdir()) == []


def test_limiter_holds_the_ceiling_and_leaves_quiet_sound_alone() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (44100, 2)).astype(np.float32)
    noise[20000:20010] += 1.5
    limited = limit(noise, 0.5, 44100)
    assert np.abs(limited).max() <= 0.5 + 1e-6
    np.testing.assert_array_equal(limited[:19000], noise[:19000])
    np.testing.assert_array_equal(limited[21000:], noise[21000:])


def test_amplifier_adds_the_overtones_and_the_fifths_difference_tone() -> None:
    t = np.arange(44100) / 44100
    fifth = (np.sin(2 * np.pi * 220 * t) + np.sin(2 * np.pi * 330 * t)).astype(np.float32)
    loud = amplify(np.stack([fifth, fifth], 1), Amp(drive_db=24, level_db=0), 44100)
    level_db = 20 * np.log10(np.abs(np.fft.rfft(loud[:, 0])) + 1e-9)
    silent_db = np.median(level_db)
    for hz in (110, 440, 660, 880):  # 110 Hz is what makes a power chord sound an octave lower
        assert level_db[hz] > silent_db + 60
