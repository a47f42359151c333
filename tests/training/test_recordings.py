"""training/recordings.py on real sound: what is one recording, and what only sounds alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.features import Array, LogMelStream, SignalChain
from tests.support import SONGS, make_audio
from training.mel import slaney_mel_filters
from training.recordings import same_recordings, song_fingerprint

CHAIN = SignalChain()


def fingerprint_of(path: Path) -> Array:
    with open_audio(path) as audio:
        return song_fingerprint(LogMelStream(CHAIN, slaney_mel_filters(CHAIN), audio.sample_rate_hz).whole(audio))


@pytest.fixture(scope="module")
def originals() -> list[Array]:
    return [fingerprint_of(path) for path in sorted(SONGS.glob("*.mp3"))]


def test_songs_of_their_own_are_told_apart(originals: list[Array]) -> None:
    assert len(originals) > 5
    assert same_recordings(originals) == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp3", ("-c:a", "libmp3lame", "-b:a", "64k")),
        ("a.opus", ("-c:a", "libopus", "-b:a", "48k")),
        ("quieter.wav", ("-af", "volume=-9dB")),
        ("cut.flac", ("-ss", "2.345", "-t", "5")),
        ("telephone.wav", ("-ar", "8000", "-ac", "1")),
    ],
)
def test_a_recording_is_known_again(
    originals: list[Array], tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    copy = make_audio(tmp_path / name, *options, source=f"amovie={SONGS / 'metal.mp3'}")
    number = sorted(path.name for path in SONGS.glob("*.mp3")).index("metal.mp3")
    assert same_recordings([*originals, fingerprint_of(copy)]) == [[number, len(originals)]]


def test_silence_is_no_recording() -> None:
    silence = song_fingerprint(np.full((200, CHAIN.n_mels), -100, np.float32))
    assert same_recordings([silence, silence]) == []


@pytest.mark.parametrize("n_frames", [0, 1, 5, 6, 30])
def test_too_short_to_tell(n_frames: int) -> None:
    noise = np.random.default_rng(0).normal(-30, 10, (n_frames, CHAIN.n_mels)).astype(np.float32)
    assert same_recordings([song_fingerprint(noise), song_fingerprint(noise)]) == []


def test_three_of_one_are_one_group() -> None:
    rng = np.random.default_rng(1)
    one, other = (rng.normal(-30, 10, (200, CHAIN.n_mels)).astype(np.float32) for _ in range(2))
    prints = [song_fingerprint(each) for each in (one, other, one[20:], one[:150])]
    assert same_recordings(prints) == [[0, 2, 3]]
