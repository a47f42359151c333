"""Models of other genres than the shipped one's, written by the real export: what visitors bring to the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.contract import WindowLayout
from tests.training.support import busy_network, part, toy_set
from training.export import export_model
from training.trained import Trained


def export_toy(folder: Path, *genres: str, name: str = "toy") -> Path:
    """A model folder that hears these genres, badly: its weights are by chance, its numbers all the more telling."""
    songs = part(toy_set(folder.with_name(f"{folder.name}-set"), n_songs=4, genres=genres), "valid")
    network = busy_network("cnn", len(songs.genres))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 1)
        export_model(Trained(network, songs.genres, songs.chain, WindowLayout(), {}), songs, folder, name)
    return folder
