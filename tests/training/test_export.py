"""training/export.py: what is exported works everywhere, and a failure leaves the old model alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.contract import ContractError, WindowLayout, load_contract
from model.features import SignalChain
from model.predictor import Predictor
from tests.training.support import busy_network, part, toy_set
from training.errors import TrainingError
from training.export import export_model
from training.feature_set import FeatureSet
from training.split import hash_names
from training.trained import Trained


@pytest.fixture(scope="module", autouse=True)
def few_signals() -> Iterator[None]:
    """Of each synthetic kind one signal: the thresholds are not what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 1)
        yield


@pytest.fixture(scope="module")
def valid_songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return part(toy_set(tmp_path_factory.mktemp("export") / "set"), "valid")


def trained(songs: FeatureSet, seed: int = 0) -> Trained:
    network = busy_network("cnn", len(songs.genres), seed)
    return Trained(network, songs.genres, songs.chain, WindowLayout(), {"split": "toy"})


@pytest.fixture(scope="module")
def exported(valid_songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "model"
    export_model(trained(valid_songs), valid_songs, folder, "toy")
    return folder


def test_the_contract_names_what_is_there(exported: Path) -> None:
    contract = load_contract(exported)
    assert contract.name == "toy"
    assert contract.genres == ("drone", "hum", "whistle")
    assert contract.chain == SignalChain()
    on_disk = {path.relative_to(exported).as_posix() for path in exported.rglob("*") if path.is_file()}
    assert on_disk == {*contract.files, "contract.json"}


def test_the_servers_network_is_the_trained_one(exported: Path, valid_songs: FeatureSet) -> None:
    windows = np.random.default_rng(0).uniform(-80, 0, (3, 128, 128)).astype(np.float32)
    expected = trained(valid_songs).network.predict_on_batch(windows)
    np.testing.assert_allclose(Predictor(exported).window_logits(windows), expected, atol=2e-3)


def test_the_pages_graph_hears_one_window_and_has_its_batch_norms_folded(exported: Path) -> None:
    graph = json.loads((exported / load_contract(exported).browser_model).read_text())
    ops = [node["op"] for node in graph["modelTopology"]["node"]]
    assert ops.count("_FusedConv2D") == 7  # six with what their norms became, and the logits
    assert not {"Mul", "AddV2"} & set(ops)  # no gain or offset of a norm is left
    shape = graph["signature"]["inputs"]["log_mel"]["tensorShape"]["dim"]
    assert [dim["size"] for dim in shape] == ["1", "128", "128"]


def test_kernels_go_to_the_page_in_16_bits(exported: Path) -> None:
    model = exported / load_contract(exported).browser_model
    n_bytes = sum(path.stat().st_size for path in model.parent.glob("*.bin"))
    n_weights = busy_network("cnn").count_params()
    assert n_bytes == pytest.approx(2 * n_weights, rel=0.02)


def test_what_the_thresholds_are_from_stands_in_the_contract(exported: Path) -> None:
    contract = load_contract(exported)
    assert 0 <= contract.rows.unsure_below < 1
    assert 0 <= contract.rows.verdict_unsure_below < 1
    assert contract.raw["training"]["thresholds_fitted_on"].startswith(
        "the same songs and, of none of the genres, 1 of"
    )
    assert contract.raw["training"]["others_sha256"] is None


def test_others_that_it_was_taught_to_be_unsure_of_have_a_say(valid_songs: FeatureSet, tmp_path: Path) -> None:
    others = toy_set(tmp_path / "others", n_songs=5, genres=("rain", "speech"))
    export_model(trained(valid_songs), valid_songs, tmp_path / "model", "toy", others)
    training = load_contract(tmp_path / "model").raw["training"]
    assert "of rain" in training["thresholds_fitted_on"]
    assert "of speech" in training["thresholds_fitted_on"]
    assert training["others_sha256"] == hash_names(track.name for track in others.tracks)


def test_golden_vectors_are_what_the_folder_itself_says(exported: Path) -> None:
    contract, predictor = load_contract(exported), Predictor(exported)
    folder = (exported / contract.golden).parent
    golden = json.loads((exported / contract.golden).read_text())
    assert len(golden["cases"]) >= 8
    for case in golden["cases"]:
        pcm = np.fromfile(folder / case["pcm"]["file"], "<i2").reshape(case["pcm"]["shape"]) / np.float32(32_768)
        analysis = predictor.analyse([pcm], case["sample_rate_hz"])
        expected = np.fromfile(folder / case["probabilities"]["file"], "<f4").reshape(case["probabilities"]["shape"])
        np.testing.assert_allclose(analysis.probabilities, expected, atol=1e-5)


def test_a_new_export_keeps_the_one_before_for_servers_that_run_and_nothing_older(
    valid_songs: FeatureSet, tmp_path: Path
) -> None:
    subfolders = []
    for seed in (1, 2, 3):
        export_model(trained(valid_songs, seed), valid_songs, tmp_path, f"number {seed}")
        subfolders.append(Path(load_contract(tmp_path).browser_model).parts[0])
    assert load_contract(tmp_path).name == "number 3"
    assert {path.name for path in tmp_path.iterdir()} == {"contract.json", *subfolders[1:]}


@pytest.mark.parametrize("step", ["write_graph_model", "write_golden", "fit_temperatures", "fit_thresholds"])
def test_a_failed_export_leaves_the_old_model(
    step: str, exported: Path, valid_songs: FeatureSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()}

    def fail(*_: object) -> None:
        raise TrainingError("disk full")

    monkeypatch.setattr(f"training.export.{step}", fail)
    with pytest.raises(TrainingError, match="disk full"):
        export_model(trained(valid_songs, seed=9), valid_songs, exported, "never")
    assert {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()} == before


def test_a_damaged_export_is_noticed(exported: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(exported, tmp_path / "copy")
    weights = next(copy.rglob("*.bin"))
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ContractError, match="is not the file that was exported"):
        load_contract(copy)


def test_a_model_has_a_name(valid_songs: FeatureSet, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="--name is empty"):
        export_model(trained(valid_songs), valid_songs, tmp_path / "model", " ")
    assert not (tmp_path / "model").exists()
