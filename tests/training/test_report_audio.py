"""training/report_audio.py: which file of a folder is a song's, and how the page finds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.features import SignalChain
from training.feature_set import FeatureSet, Track
from training.report_audio import find_sounds


def songs(*names: str) -> FeatureSet:
    """Of about ten seconds each."""
    tracks = tuple(Track(name, "rock", 0, 129) for name in names)
    return FeatureSet(tracks, np.zeros((129, 128), np.float16), SignalChain())


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def test_the_page_finds_songs_from_where_it_lies(tmp_path: Path) -> None:
    folder_with(tmp_path / "my: music", "rock/50% #1?.mp3")
    sounds = find_sounds(tmp_path / "my: music", songs("rock/50% #1?.mp3"), tmp_path / "runs/report.html")
    assert sounds.of("rock/50% #1?.mp3") == "../my%3A%20music/rock/50%25%20%231%3F.mp3#t=2.5,7.5"
    assert sounds.of("rock/another.mp3") is None


@pytest.mark.parametrize("name", ["rock.00001", "rock/rock.00001.wav", "rock/rock.00001.mp3"])
def test_songs_of_archives_and_other_formats_are_found_by_their_names(name: str, tmp_path: Path) -> None:
    folder_with(tmp_path, "rock/rock.00001.mp3", "rock/rock.00001.flac", "rock/rock.00010.mp3")
    assert str(find_sounds(tmp_path, songs(name), tmp_path / "a.html").of(name)).startswith("rock/rock.00001.flac#")
