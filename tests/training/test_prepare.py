"""training/prepare.py on real files: formats, names, broken ones, and what is not decoded twice."""

from __future__ import annotations

import os
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.audio import AudioLimits, open_audio
from model.features import LogMelStream
from tests.support import make_audio
from training.errors import TrainingError
from training.feature_set import open_feature_set, read_archive
from training.mel import slaney_mel_filters
from training.prepare import prepare

SONGS = Path(__file__).parent.parent / "songs"


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("my music")
    for genre in ("Русский рок", "jazz 🎷 & 'soul'"):
        (folder / genre / "an album").mkdir(parents=True)
    russian, jazz = folder / "Русский рок", folder / "jazz 🎷 & 'soul'"
    shutil.copy(SONGS / "rock.mp3", russian / 'кино "live".mp3')
    shutil.copy(SONGS / "formats/mono-32000.flac", russian / "an album" / "deep inside.flac")
    shutil.copy(SONGS / "jazz.mp3", jazz / "-i 100%.mp3")
    shutil.copy(SONGS / "formats/mono-8000.wav", jazz / "tele phone.wav")
    (jazz / "broken.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(100))
    (jazz / "notes.txt").write_text("not a song")
    (jazz / ".hidden").write_text("not even looked at")
    return folder


@pytest.fixture(scope="module")
def prepared(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set") / "set"
    prepare(music, folder)
    return folder


def test_genres_are_the_folder_names_and_every_format_is_read(prepared: Path) -> None:
    songs = open_feature_set(prepared)
    assert songs.genres == ("jazz 🎷 & 'soul'", "Русский рок")
    assert [track.name for track in songs.tracks] == [
        "jazz 🎷 & 'soul'/-i 100%.mp3",
        "jazz 🎷 & 'soul'/tele phone.wav",
        "Русский рок/an album/deep inside.flac",
        'Русский рок/кино "live".mp3',
    ]


def test_frames_are_the_signal_chains(music: Path, prepared: Path) -> None:
    songs = open_feature_set(prepared)
    track = next(track for track in songs.tracks if track.name.endswith("deep inside.flac"))
    with open_audio(music / track.name) as audio:
        stream = LogMelStream(songs.chain, slaney_mel_filters(songs.chain), audio.sample_rate_hz)
        expected = np.concatenate([*(stream.push(block) for block in audio), stream.finish()])
    np.testing.assert_allclose(songs.log_mel_of(track), expected, atol=0.04)  # float16 near -100 dB


def test_how_many_songs_a_genre_has_is_drawn(prepared: Path) -> None:
    with Image.open(prepared / "genres.png") as picture:
        assert min(picture.size) > 100
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 3


def test_the_log_mels_are_mapped_and_not_loaded(prepared: Path) -> None:
    assert isinstance(open_feature_set(prepared).log_mel, np.memmap)


def test_unreadable_files_are_reported_and_skipped(music: Path, tmp_path: Path) -> None:
    report = prepare(music, tmp_path / "set")
    assert sum(report.used.values()) == 4
    assert set(report.skipped) == {"jazz 🎷 & 'soul'/broken.mp3", "jazz 🎷 & 'soul'/notes.txt"}
    assert "not an audio file" in report.skipped["jazz 🎷 & 'soul'/notes.txt"]


def test_one_recording_under_several_names_is_known(music: Path, tmp_path: Path) -> None:
    """As Ogg in another genre; and the 8-kHz file is of the same song."""
    folder = shutil.copytree(music, tmp_path / "music")
    make_audio(folder / "Русский рок" / "again.ogg", "-q:a", "4", source=f"amovie={SONGS / 'jazz.mp3'}")
    report = prepare(folder, tmp_path / "set")
    (names,) = report.recordings
    assert names == ["jazz 🎷 & 'soul'/-i 100%.mp3", "jazz 🎷 & 'soul'/tele phone.wav", "Русский рок/again.ogg"]
    of = {track.name: track.recording for track in open_feature_set(tmp_path / "set").tracks}
    assert {of.pop(name) for name in names} == {names[0]}
    assert set(of.values()) == {""}
    assert prepare(folder, tmp_path / "set").recordings == report.recordings  # of songs that are not decoded again


def test_folders_may_say_which_songs_are_for_what(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    for name, song in (("Train/folk/a.mp3", "country"), ("Train/punk/b.mp3", "metal"), ("test/folk/c.mp3", "jazz")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SONGS / f"{song}.mp3", folder / name)
    prepare(folder, tmp_path / "set")
    songs = open_feature_set(tmp_path / "set")
    assert songs.genres == ("folk", "punk")
    assert {track.name: (track.genre, track.split) for track in songs.tracks} == {
        "Train/folk/a.mp3": ("folk", "train"),
        "Train/punk/b.mp3": ("punk", "train"),
        "test/folk/c.mp3": ("folk", "test"),
    }


def test_a_genre_may_be_called_test(tmp_path: Path) -> None:
    for genre in ("test", "jazz"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        shutil.copy(SONGS / "jazz.mp3", tmp_path / "music" / genre / "a.mp3")
    prepare(tmp_path / "music", tmp_path / "set")
    assert open_feature_set(tmp_path / "set").genres == ("jazz", "test")


def test_unchanged_files_are_not_decoded_again(
    music: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = shutil.copytree(music, tmp_path / "music", copy_function=shutil.copy2)
    destination = shutil.copytree(prepared, tmp_path / "set")
    changed = folder / "Русский рок" / 'кино "live".mp3'
    shutil.copy(SONGS / "metal.mp3", changed)
    decoded: list[str] = []
    monkeypatch.setattr("training.prepare.open_audio", lambda path, limits: _noting(path, decoded, limits))
    prepare(folder, destination)
    assert sorted(decoded) == sorted([changed.name, "broken.mp3", "notes.txt"])


def _noting(path: Path, decoded: list[str], limits: AudioLimits) -> object:
    decoded.append(path.name)
    return open_audio(path, limits)


def test_a_failure_leaves_the_earlier_set(prepared: Path, tmp_path: Path) -> None:
    before = sorted((path.name, path.stat().st_mtime_ns) for path in prepared.iterdir())
    bad = tmp_path / "bad"
    for genre in ("a", "b"):
        (bad / genre).mkdir(parents=True)
        (bad / genre / "x.mp3").write_text("no music")
    with pytest.raises(TrainingError, match=r"fewer than two genres.*a/x\.mp3: This is not an audio file"):
        prepare(bad, prepared)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in prepared.iterdir()) == before
    assert list(prepared.parent.iterdir()) == [prepared]


@pytest.mark.parametrize("kind", ["empty", "one genre", "missing", "file"])
def test_what_is_no_folder_of_genres_is_refused(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    if kind == "file":
        source.write_text("hello")
    elif kind != "missing":
        source.mkdir()
    if kind == "one genre":
        (source / "polka").mkdir()
        shutil.copy(SONGS / "pop.mp3", source / "polka")
    with pytest.raises(TrainingError, match=r"two subfolders|neither a folder"):
        prepare(source, tmp_path / "set")


def test_an_archive_becomes_the_same_kind_of_set(tmp_path: Path) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (3, 50, 128), dtype=np.uint8)
    archive = tmp_path / "mels.npz"
    np.savez(
        archive, log_mel_u8=levels, name=["a.1", "a.2", "b.1"], genre=["a", "a", "b"], split=["train", "valid", "x"]
    )
    prepare(archive, tmp_path / "set")
    songs = open_feature_set(tmp_path / "set")
    assert [(track.name, track.genre, track.split) for track in songs.tracks] == [
        ("a.1", "a", "train"),
        ("a.2", "a", "valid"),
        ("b.1", "b", "x"),
    ]
    np.testing.assert_allclose(songs.log_mel_of(songs.tracks[1]), levels[1] / 255 * 80 - 80.0, atol=0.04)


def test_another_npz_is_no_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))
    with pytest.raises(TrainingError, match="not an archive of log-mels"):
        read_archive(tmp_path / "other.npz")


def test_a_song_too_short_to_hear_is_reported(tmp_path: Path) -> None:

    for genre, seconds in (("long", 2), ("short", 0.5), ("other", 2)):
        (tmp_path / "music" / genre).mkdir(parents=True)
        with wave.open(str(tmp_path / "music" / genre / "tone.wav"), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", ""))
            file.writeframes(b"\x00\x10" * int(22_050 * seconds))
    report = prepare(tmp_path / "music", tmp_path / "set")
    assert report.skipped == {"short/tone.wav": "only 0.50 s long"}


def test_names_that_are_not_utf8_are_spelled_out(tmp_path: Path) -> None:
    music = tmp_path / "music"
    for genre in ("chanson", "pop"):
        (music / genre).mkdir(parents=True)
        shutil.copy(SONGS / "pop.mp3", music / genre / "a.mp3")
    shutil.copy(SONGS / "pop.mp3", os.fsdecode(bytes(music / "chanson") + b"/caf\xe9.mp3"))
    prepare(music, tmp_path / "set")
    names = [track.name for track in open_feature_set(tmp_path / "set").tracks]
    assert names == ["chanson/a.mp3", "chanson/caf\\xe9.mp3", "pop/a.mp3"]


def test_a_link_to_nowhere_is_reported(music: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(music, tmp_path / "music")
    (folder / "Русский рок" / "gone.mp3").symlink_to(tmp_path / "nothing.mp3")
    assert "Русский рок/gone.mp3" in prepare(folder, tmp_path / "set").skipped


@pytest.mark.parametrize("place", [".", "new", "..", "../other"])
def test_music_is_never_in_the_way_of_the_set(place: str, music: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(music, tmp_path / "home" / "music")
    shutil.copytree(music, tmp_path / "home" / "other")
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(TrainingError, match=r"choose another --set"):
        prepare(folder, folder / place)
    assert sorted(path for path in tmp_path.rglob("*")) == before
