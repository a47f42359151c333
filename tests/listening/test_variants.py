"""Other formats and levels of a song, as real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.listening.variants import FORMATS, HEADROOM, LEVELS, write_reference
from tests.support import SONGS, make_audio


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song of ours, five seconds at 8 kHz, as the reference that variants are made of."""
    return write_reference(SONGS / "formats" / "mono-8000.wav", tmp_path_factory.mktemp("reference"))


def test_what_is_too_loud_for_16_bits_becomes_quieter(tmp_path: Path) -> None:
    loud = make_audio(tmp_path / "loud.wav", "-c:a", "pcm_f32le", source="aevalsrc=2*sin(2764*t):d=1")
    pcm, rate_hz = soundfile.read(write_reference(loud, tmp_path))
    assert rate_hz == 44_100
    assert np.abs(pcm).max() == pytest.approx(HEADROOM, rel=1e-3)


def test_what_is_quiet_or_silent_stays_as_it_is(tmp_path: Path) -> None:
    for name, source, peak in (("quiet", "aevalsrc=0.3*sin(2764*t):d=1", 0.3), ("silent", "anullsrc=d=1", 0)):
        path = make_audio(tmp_path / f"{name}.wav", "-c:a", "pcm_f32le", source=source)
        assert np.abs(soundfile.read(write_reference(path, tmp_path))[0]).max() == pytest.approx(peak, rel=1e-2)


def test_levels_are_gains_that_clip_nothing(reference: Path, tmp_path: Path) -> None:
    pcm, _ = soundfile.read(reference)
    for variant, gain in zip(LEVELS, (10 ** (-12 / 20), 10 ** (12 / 20)), strict=True):
        louder, _ = soundfile.read(variant.write(reference, tmp_path))
        np.testing.assert_allclose(louder, pcm * gain, rtol=1e-5, atol=1e-7)
    assert np.abs(louder).max() > 1


def test_formats_are_what_their_names_say(reference: Path, tmp_path: Path) -> None:
    paths = {variant.name: variant.write(reference, tmp_path) for variant in FORMATS}
    assert len(set(paths.values())) == len(FORMATS)  # a page need not notice that the same file was chosen again
    for name, rate_hz in {
        "MP3 128 kb/s": 44_100, "Ogg Vorbis, quality 5": 44_100, "Opus 96 kb/s": 48_000,
        "FLAC 44.1 kHz, 16 bits": 44_100, "FLAC 48 kHz, 16 bits": 48_000, "WAV 48 kHz, 16 bits": 48_000,
    }.items():  # fmt: skip
        info = soundfile.info(paths[name])
        assert (info.samplerate, info.format) == (rate_hz, "OGG" if "Opus" in name else name.split()[0].upper()), name
    sizes = [paths[name].stat().st_size for name in ("MP3 128 kb/s", "MP3 320 kb/s")]
    assert sizes[1] / sizes[0] == pytest.approx(2.5, rel=0.05)
