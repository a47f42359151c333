"""Learning songs of several genres, on a toy set where two can be heard at once; and how that is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.contract import SIGMOID, RowRule, WindowLayout
from model.windows import cut_windows, sigmoid
from tests.training.support import batches_of, busy_network, log_mel_of_several, part, set_of_several
from training.augment import Augmentation
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.head import fit_linear_head
from training.multi_label import MultiLabelEvaluation, as_text, evaluate_multi_label
from training.multi_label_metrics import mean_average_precision
from training.options import TrainingOptions
from training.others import OtherWindows
from training.run_folder import read_history
from training.score import in_batches
from training.targets import targets_of
from training.taught_windows import taught_windows
from training.train import train
from training.trained import Trained, load_trained


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return set_of_several(tmp_path_factory.mktemp("several") / "set", n_songs=8)


@pytest.fixture(scope="module")
def trained(songs: FeatureSet, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    run = tmp_path_factory.mktemp("trained") / "run"
    options = TrainingOptions(epochs=5, batch_size=4, learning_rate=5e-3)
    train(part(songs, "train"), part(songs, "valid"), run, options, "given", has_curve=False)
    assert float(read_history(run)[-1]["val_mean_ap"]) > 0.9
    assert (run / "curves.png").is_file()
    return load_trained(run)


def heard_in(trained: Trained, bands: tuple[int, ...]) -> list[float]:
    """Each genre's probability in sound of these bands that is new to the network."""
    logits = trained.network.predict_on_batch(log_mel_of_several(bands, 99)[np.newaxis, :128]).mean(axis=1)
    return list(sigmoid(logits)[0])


@pytest.mark.parametrize("bands", [(1,), (0, 2), (0, 1)])
def test_it_hears_each_genre_for_itself(trained: Trained, bands: tuple[int, ...]) -> None:
    assert trained.activation == SIGMOID
    probabilities = heard_in(trained, bands)
    present, absent = ([p for band, p in enumerate(probabilities) if (band in bands) == has] for has in (True, False))
    assert min(present) > max(absent) + 0.2


def test_a_head_on_given_weights_is_a_regression_a_genre(songs: FeatureSet) -> None:
    network, layout, valid_songs = busy_network("cnn"), WindowLayout(), part(songs, "valid")
    fit_linear_head(network, part(songs, "train"), layout)
    windows = [cut_windows(valid_songs.log_mel_of(track), layout) for track in valid_songs.tracks]
    probabilities = sigmoid(np.stack([in_batches(network)(each).mean(axis=(0, 1)) for each in windows]))
    assert mean_average_precision(targets_of(valid_songs, songs.genres), probabilities) > 0.9
    np.testing.assert_allclose(probabilities.mean(axis=0), 0.5, atol=0.05)  # half of the songs have each genre


def test_a_genre_of_all_songs_is_told_by_its_bias(songs: FeatureSet) -> None:
    of_drone = part(songs, "train")
    of_drone = of_drone.only(track for track in of_drone.tracks if "drone" in track.genres)
    network = busy_network("cnn")
    fit_linear_head(network, of_drone, WindowLayout())
    kernel, bias = network.get_layer("logits").get_weights()
    assert not kernel[..., 0].any()
    assert bias[0] == pytest.approx(np.log(len(of_drone.tracks)))


def test_sounds_of_no_genre_have_none_as_their_target(songs: FeatureSet) -> None:
    others = OtherWindows(None, songs.chain, WindowLayout(), seed=0)
    made = batches_of(part(songs, "train"), others, batch_size=8, others_share=0.5)
    windows, targets = made[0]
    assert len(windows) == 12
    assert targets[:8].sum(axis=1).min() >= 1  # two genres mixed up with two make two
    np.testing.assert_array_equal(targets[8:], 0)


def test_networks_that_know_several_genres_teach_several(
    songs: FeatureSet, trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.taught_windows.load_trained", lambda _: trained)
    sounds = np.stack([log_mel_of_several(bands, 7)[:128] for bands in ((0, 1), (2,))]).astype(np.float16)
    monkeypatch.setattr("training.taught_windows.open_log_mels", lambda *_: sounds)
    plain, layout = Augmentation(mixup_alpha=0), WindowLayout()
    _, targets = taught_windows(tmp_path, [tmp_path], songs.genres, plain, layout, 0, SIGMOID).draw(20, 0, 0)
    sums = targets.sum(axis=1)
    assert np.abs(sums - 1).min() > 0.03  # they need not add up to 1
    with pytest.raises(TrainingError, match="it cannot teach these"):
        taught_windows(tmp_path, [tmp_path], songs.genres, plain, layout, 0)


@pytest.fixture(scope="module")
def result() -> MultiLabelEvaluation:
    targets = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1], [0, 0, 0, 1]] * 5, np.float32)
    probabilities = np.clip(targets * 0.6 + np.linspace(0, 0.5, 80).reshape(20, 4), 0, 1)
    return MultiLabelEvaluation(
        ("hum", "rock 🎸", "never", "always"), targets, probabilities, probabilities > 0.5, np.array([0.5, 0.7, 0, 1])
    )


def test_genres_that_cannot_be_scored_are_left_out_and_said(result: MultiLabelEvaluation) -> None:
    assert list(result.per_genre) == ["hum", "rock 🎸"]
    assert result.to_json()["not_scored"] == ["never", "always"]
    text = as_text(result, "toy songs")
    assert "toy songs: 20 songs, of 2.0 genres each on average" in text
    assert "by chance 0.500" in text
    assert text.endswith("not scored, as no song here has them, or every one: never, always")
    assert result.macro_second_f1 == pytest.approx(0.6)


def test_songs_that_all_have_the_same_genres_score_nothing(songs: FeatureSet, trained: Trained) -> None:
    alike = songs.only(songs.tracks[:3])
    with pytest.raises(TrainingError, match="nothing can be told apart"):
        evaluate_multi_label(alike, songs.genres, in_batches(trained.network), trained.windows, RowRule())
