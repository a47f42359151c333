"""`python -m training units`: what `filters` found of a small network of our own, written into its model folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.contract import load_contract
from tests.support import make_audio
from tests.training.support import busy_network
from tests.training.test_filters import model_folder
from training.__main__ import main
from training.filters import FilterOptions, hear_filters
from training.lower import lower
from training.model_network import network_of_model
from training.tfjs import write_graph_model
from training.units import BANDS_A_CELL, LEVELS_A_STEP, MOST_COLUMNS, chosen_units, coarse
from training.watched import watched_convolutions

MUSIC = "Noise of our own, CC0."


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the graph that a page has, six songs of two genres, and what `filters` found in them."""
    folder = tmp_path_factory.mktemp("units")
    network = busy_network("cnn", n_genres=10)
    model = model_folder(folder / "model", network)
    write_graph_model(lower(network), model / "export-1" / "browser")
    contract = json.loads((model / "contract.json").read_text())
    del contract["files"]["model.json"]
    contract["browser_model"] = "export-1/browser/model.json"
    contract["files"] |= {
        path.relative_to(model).as_posix(): {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in (model / "export-1").rglob("*.*")
    }
    (model / "contract.json").write_text(json.dumps(contract))
    for number in range(6):
        genre = folder / "music" / ("hiss" if number < 4 else "hum")
        genre.mkdir(parents=True, exist_ok=True)
        make_audio(genre / f"{number}.wav", "-ar", "22050", source=f"anoisesrc=d=7:seed={number}:c=pink")
    wide = [each.name for each in watched_convolutions(network) if not each.field.bands or each.field.bands.size >= 128]
    hear_filters(FilterOptions(folder / "music", model, folder / "filters", 6, wide, links=True))
    # Untrained, it hears best how songs begin, and such units are left out: of what lies before there is a picture.
    path = folder / "filters/mean_log_mels.npz"
    with np.load(path) as archive:
        means = {name: np.maximum(archive[name], 1) for name in archive.files}
    np.savez_compressed(path, **means)  # type: ignore[arg-type]
    return folder


@pytest.fixture
def place(workplace: Path, tmp_path: Path) -> Path:
    """A copy to be written into, or to be spoilt."""
    return Path(shutil.copytree(workplace, tmp_path / "place", ignore=shutil.ignore_patterns("music")))


def units(place: Path, music: str = MUSIC) -> int:
    return main(["units", str(place / "filters"), "--model", str(place / "model"), "--music", music])


def told(place: Path) -> tuple[dict[str, Any], Path]:
    contract = load_contract(place / "model")
    path = contract.folder / str(contract.units)
    return json.loads(path.read_text(encoding="utf-8")), path


def test_pictures_are_the_coarse_means_that_filters_found(place: Path) -> None:
    before = load_contract(place / "model")
    assert units(place) == 0
    after = load_contract(place / "model")
    assert (after.version, before.files.items() - after.files.items()) == (before.version, set())
    index, path = told(place)
    assert index["music"] == MUSIC
    assert index["n_songs"] == 6
    pictures, at = np.fromfile(path.with_name(index["pictures"]), np.uint8), 0
    with np.load(place / "filters/mean_log_mels.npz") as archive:
        for layer in index["layers"]:
            means = archive[layer["name"]].astype(float)
            size = layer["n_columns"] * layer["n_cells"]
            assert layer["n_columns"] <= MOST_COLUMNS
            for unit in layer["units"]:
                picture = pictures[at : at + size].reshape(layer["n_columns"], layer["n_cells"])
                at += size
                for column, cells in enumerate(picture):
                    first = column * layer["frames_a_column"]
                    frames = means[unit["unit"], first : first + layer["frames_a_column"]]
                    expected = frames.mean(axis=0).reshape(-1, BANDS_A_CELL).mean(axis=1)
                    np.testing.assert_allclose(cells, expected, rtol=0, atol=LEVELS_A_STEP / 2)
    assert at == len(pictures)


def test_units_tell_the_genres_of_their_excerpts_and_their_place_in_the_graph(place: Path) -> None:
    units(place)
    index, _ = told(place)
    contract = load_contract(place / "model")
    graph = json.loads((contract.folder / contract.browser_model).read_text())
    found = {layer["name"]: layer for layer in json.loads((place / "filters/index.json").read_text())["layers"]}
    watched = {each.name: each for each in watched_convolutions(network_of_model(contract))}
    for layer in index["layers"]:
        assert layer["node"] in [node["name"] for node in graph["modelTopology"]["node"]]
        assert layer["n_units"] == watched[layer["name"]].n_channels
        for unit in layer["units"]:
            channel = found[layer["name"]]["channels"][unit["unit"]]
            assert unit["genres"] == channel["genres"]
            assert unit["n_excerpts"] == len(channel["excerpts"]) >= 5


def test_another_time_takes_the_place_of_the_one_before(place: Path) -> None:
    for number in range(3):
        units(place, f"{MUSIC} {number}")
    index, path = told(place)
    assert index["music"] == f"{MUSIC} 2"
    kept = sorted((place / "model/export-1").glob("units-*"))
    assert len(kept) == 2, "that of the contract, and the one before it, which a server may still serve"
    assert path.parent in kept
    assert sum("units-" in file for file in load_contract(place / "model").files) == 2


def spoil(place: Path, change: str) -> None:
    path = place / "filters/index.json"
    index = json.loads(path.read_text())
    if change == "lost":
        path.unlink()
    elif change == "cut off":
        (place / "filters/mean_log_mels.npz").write_bytes(b"PK")
    else:
        if change == "another model":
            index["model"]["version"] = "1"
        if change == "few songs":
            for channel in (each for layer in index["layers"] for each in layer["channels"]):
                del channel["excerpts"][4:]
        if change == "many layers":
            index["layers"] = [index["layers"][0]] * 9
        if change == "some bands":
            index["layers"][0]["receptive_field"]["all_bands"] = False
        path.write_text(json.dumps(index))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lost", "is not there"),
        ("cut off", "let `filters` write it again"),
        ("another model", "is about genrescope-gtzan 1, and"),
        ("few songs", "no unit has excerpts of 5 songs"),
        ("many layers", "has 9 layers, the page shows 8 at most"),
        ("some bands", "hears some bands at each place"),
    ],
)
def test_what_does_not_fit_is_refused(place: Path, change: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (place / "model/contract.json").read_bytes()
    spoil(place, change)
    assert units(place) != 0
    assert said in capsys.readouterr().err
    assert (place / "model/contract.json").read_bytes() == before


def test_pictures_of_nobodys_music_are_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert units(place, " ") != 0
    assert "say which songs the pictures are made of" in capsys.readouterr().err


def test_units_that_hear_a_songs_beginning_best_are_left_out() -> None:
    means = np.random.default_rng(0).integers(1, 255, (3, 4, 8)).astype(np.uint8)
    means[1, :2] = 0  # before the song
    assert chosen_units(means, [8, 8, 8]) == [0, 2]
    assert chosen_units(means, [8, 8, 4]) == [0]
    assert chosen_units(means, [1, 1, 1]) == []


def test_the_last_column_is_the_mean_of_what_is_left() -> None:
    pictures = np.zeros((1, 5, 2), np.uint8)
    pictures[0, 4] = 200
    assert coarse(pictures, 2).tolist() == [[[0], [0], [200]]]
