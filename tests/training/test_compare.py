"""training/compare.py: the archive route and the audio route to the same features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.features import SignalChain, log_mel_of_frames, to_mono
from model.predictor import Predictor
from tests.support import REPOSITORY
from training.compare import ARCHIVE_STEP_DB, compare_routes, comparison_table, figures_by_route
from training.errors import TrainingError
from training.mel import slaney_mel_filters

GTZAN = REPOSITORY.parent / "shared" / "data" / "gtzan"  # others' recordings, which we may not ship
SONG = REPOSITORY / "tests/songs/formats/mono-22050.mp3"
CHAIN = SignalChain()


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(REPOSITORY / "model")


def write_archive(folder: Path, error_db: float = 0.0) -> Path:
    """An archive of one clip, made as its description says: centred frames, dB below the maximum, 8 bits."""
    with open_audio(SONG) as audio:
        samples = np.concatenate([to_mono(block) for block in audio])
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, 1024), 2048)[::512]
    level_db = log_mel_of_frames(frames, slaney_mel_filters(CHAIN), CHAIN)
    columns = np.arange(1, len(level_db), 3)
    relative_db = np.clip(level_db - level_db.max() + error_db, -80, 0)[columns]
    levels = np.round((relative_db + 80) / 80 * 255).astype(np.uint8)[np.newaxis]
    path = folder / "mels.npz"
    np.savez(path, log_mel_u8=levels, name=["mono-22050"], genre=["formats"], frame_of_column=columns)
    return path


def test_an_archive_of_the_same_audio_differs_by_its_8_bits_only(predictor: Predictor, tmp_path: Path) -> None:
    (found,) = compare_routes(write_archive(tmp_path), SONG.parent.parent, predictor)
    assert found.median_error_db <= ARCHIVE_STEP_DB / 2
    assert found.audio_format == "mp3"


def test_an_archive_that_is_off_is_found_out(predictor: Predictor, tmp_path: Path) -> None:
    (found,) = compare_routes(write_archive(tmp_path, error_db=-2.0), SONG.parent.parent, predictor)
    assert found.median_error_db == pytest.approx(2, abs=0.2)


def test_the_table_has_a_line_a_format(predictor: Predictor, tmp_path: Path) -> None:
    lines = list(comparison_table(compare_routes(write_archive(tmp_path), SONG.parent.parent, predictor)))
    assert lines[-1].startswith("mp3")


def test_figures_by_route_are_of_the_clips_that_are_named(predictor: Predictor, tmp_path: Path) -> None:
    archive, folder = write_archive(tmp_path), SONG.parent.parent
    (clip,) = compare_routes(archive, folder, predictor, {"mono-22050"})
    assert (clip.right_from_archive, clip.right_from_audio) == (False, False)  # its genre is called "formats"
    with pytest.raises(TrainingError, match="holds no clip"):
        compare_routes(archive, folder, predictor, {"another"})
    clips = [
        replace(clip, right_from_archive=i < 80, right_from_audio=i < 70, same_verdict=i >= 10) for i in range(100)
    ]
    figures = figures_by_route(clips)
    assert (figures["clip_accuracy_from_archive"], figures["clip_accuracy_from_audio"]) == (0.8, 0.7)
    assert figures["difference_ci95"] == pytest.approx([-0.16, -0.05], abs=0.01)
    assert (figures["n_clips"], figures["same_verdict"]) == (100, 0.9)


def test_a_folder_without_the_clips_is_refused(predictor: Predictor, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"holds no clip of mels\.npz"):
        compare_routes(write_archive(tmp_path), tmp_path, predictor)


def test_gtzans_archive_and_its_lossless_clips_agree(predictor: Predictor) -> None:
    if not GTZAN.is_dir():
        pytest.skip("extra test: GTZAN is not here")
    found = compare_routes(GTZAN / "log_mels.npz", GTZAN / "audio", predictor)
    lossless = [clip for clip in found if clip.audio_format == "flac"]
    assert len(lossless) == 3
    assert all(clip.median_error_db <= ARCHIVE_STEP_DB for clip in lossless)
    assert all(clip.same_verdict for clip in lossless)
