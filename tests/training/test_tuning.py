"""training/tuning.py: which layers learn, how fast, and that averaged weights survive an interruption."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import build_network
from tests.support import untraced
from tests.training.support import N_MELS, busy_network, part, toy_set
from tests.training.teachers import untaught_state
from training.loss import make_loss, window_accuracy
from training.options import TrainingOptions
from training.schedule import OneCycle
from training.teacher import load_teacher_weights
from training.train import train
from training.tuning import AveragedWeights, adjusted, compile_once, make_optimizer

OPTIONS = TrainingOptions(epochs=3, batch_size=4, learning_rate=3e-3)


def moved(options: TrainingOptions) -> dict[str, float]:
    """How far one update moves each layer's kernel, by layer."""
    network = busy_network("cnn")
    network = adjusted(network, options)
    network.compile(make_optimizer(network, 0.01, replace(options, weight_decay=0.0)), loss="mse")
    learned = [layer for layer in network.layers if layer.trainable_weights]
    before = {layer.name: layer.get_weights()[0] for layer in learned}
    rng = np.random.default_rng(0)
    with untraced():
        network.train_on_batch(rng.normal(-40, 9, (2, 128, N_MELS)), rng.normal(0, 1, (2, 32, 3)))
    return {layer.name: float(np.abs(layer.get_weights()[0] - before[layer.name]).max()) for layer in learned}


def test_all_layers_learn_alike_unless_said_otherwise() -> None:
    steps = moved(OPTIONS)
    assert steps["conv0"] == pytest.approx(0.01, rel=0.1)
    assert steps["logits"] == pytest.approx(0.01, rel=0.1)


def test_the_first_layer_learns_at_its_share_and_those_between_in_between() -> None:
    steps = moved(replace(OPTIONS, first_layer_rate=0.1))
    assert steps["conv0"] == pytest.approx(0.001, rel=0.1)
    assert steps["conv0"] < steps["conv2"] < steps["conv5"] < steps["logits"]
    assert steps["logits"] == pytest.approx(0.01, rel=0.1)


def test_the_last_layer_alone_learns_if_the_first_ones_share_is_nothing() -> None:
    assert list(moved(replace(OPTIONS, first_layer_rate=0))) == ["logits"]


def slowly_unfrozen() -> keras.Model:
    """Of its ten updates, the first two are the last layer's alone."""
    network = busy_network("cnn")
    options = replace(OPTIONS, weight_decay=0.0, head_first_share=0.2)
    compile_once(network, make_optimizer(network, OneCycle(0.01, 10), options), np.zeros((1, 32, 3)), loss="mse")
    return network


def steps_of(network: keras.Model) -> dict[str, float]:
    """How far one more update moves each convolution that it changes."""
    kernels = {layer.name: layer.get_weights()[0] for layer in network.layers if isinstance(layer, keras.layers.Conv2D)}
    rng = np.random.default_rng(0)
    network.train_on_batch(rng.normal(-40, 9, (2, 128, N_MELS)), rng.normal(0, 1, (2, 32, 3)))
    steps = {name: np.abs(network.get_layer(name).get_weights()[0] - kernel).max() for name, kernel in kernels.items()}
    return {name: float(step) for name, step in steps.items() if step}


def test_the_last_layer_learns_first_and_the_others_when_their_time_has_come() -> None:
    network = slowly_unfrozen()
    found = [steps_of(network) for _ in range(4)]
    assert [set(steps) for steps in found[:2]] == [{"logits"}, {"logits"}]
    assert set(found[2]) == set(found[3]) == {"logits", *(f"conv{i}" for i in range(6))}


def test_layers_whose_time_has_come_do_not_start_at_the_full_rate() -> None:
    network = slowly_unfrozen()
    steps = [steps_of(network) for _ in range(4)]
    assert steps[2]["conv0"] == pytest.approx(0.005, rel=0.2)  # of a rate that is at its peak, 0.01
    assert steps[3]["conv0"] == pytest.approx(0.01, rel=0.2)


def test_a_run_that_goes_on_knows_when_that_is(tmp_path: Path) -> None:
    cut, gone_on = slowly_unfrozen(), slowly_unfrozen()
    steps_of(cut)
    cut.save_weights(tmp_path / "kept.weights.h5")  # as BackupAndRestore keeps them
    gone_on.load_weights(tmp_path / "kept.weights.h5")
    assert [len(steps_of(gone_on)) for _ in range(2)] == [1, 7]


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_an_update_is_traced_once(n_outputs: int) -> None:
    """Of mn04 a trace takes as long as dozens of updates."""
    network, traced = busy_network("linear"), []
    network = keras.Model(network.input, [network.output] * n_outputs)
    optimizer = make_optimizer(network, OneCycle(0.01, 4), OPTIONS)
    targets = (np.zeros((4, 3)),) * n_outputs if n_outputs > 1 else np.zeros((4, 3))
    metrics = [window_accuracy] if n_outputs == 1 else None
    compile_once(network, optimizer, targets, loss=[make_loss(0.1, 0.3)] * n_outputs, metrics=metrics)
    step = network.train_step
    network.train_step = lambda data: traced.append(1) or step(data)
    network.fit(np.zeros((4, 128, N_MELS)), targets, batch_size=2, epochs=2, verbose=0)
    assert traced == [1]


def test_norms_that_were_kept_learn_if_told_to() -> None:
    network = build_network("cnn", 3, N_MELS, WindowLayout())
    network.get_layer("conv0_bn").trainable = False
    network = adjusted(network, OPTIONS)
    assert not network.get_layer("conv0_bn").trainable
    network = adjusted(network, replace(OPTIONS, norms_learn=1))
    assert network.get_layer("conv0_bn").trainable


def test_the_level_can_be_left_alone() -> None:
    network = build_network("cnn", 3, N_MELS, WindowLayout())
    network = adjusted(network, replace(OPTIONS, level_jitter=0))
    assert network.get_layer("relative_level").jitter_db == 0


def far_change(network: keras.Model) -> float:
    """How far louder first frames move the last step's logits, as a share of how far they move those of the first."""
    window = np.random.default_rng(0).normal(-40, 12, (128, N_MELS)).astype(np.float32)
    window[50, 5] = 30.0  # the peak: levels stay
    louder = window.copy()
    louder[:4] += 20
    with untraced():
        moved_by = np.abs(np.diff(network.predict_on_batch(np.stack([window, louder])), axis=0)).max(axis=(0, 2))
    return float(moved_by[-1] / moved_by[0])


def hearing_network() -> keras.Model:
    """mn04 with weights through which signals get to the last layer."""
    keras.utils.set_random_seed(0)
    network = build_network("mn04", 3, N_MELS, WindowLayout())
    load_teacher_weights(network, untaught_state(), SignalChain())
    return network


def test_squeezes_can_be_of_the_whole_window(tmp_path: Path) -> None:
    """Read back from its file, as for scoring."""
    network = hearing_network()
    adjusted(network, replace(OPTIONS, window_squeeze=1)).save(tmp_path / "kept.keras")
    kept = keras.models.load_model(tmp_path / "kept.keras", compile=False)
    assert far_change(kept) > 0.01
    assert far_change(network) < 1e-4


def test_averaged_weights_are_what_is_kept(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    parts = part(songs, "train"), part(songs, "valid")
    still = replace(OPTIONS, epochs=1, ema_momentum=1.0)  # the average of the first update on
    with untraced():
        train(*parts, tmp_path / "averaged", still, "given")
        train(*parts, tmp_path / "plain", replace(still, ema_momentum=0.0), "given")
    averaged, plain = (keras.models.load_model(tmp_path / name / "network.keras", compile=False).get_layer("logits")
                       for name in ("averaged", "plain"))  # fmt: skip
    keras.utils.set_random_seed(OPTIONS.seed)
    first = build_network("cnn", 3, N_MELS, WindowLayout()).get_layer("logits").get_weights()[0]
    assert np.abs(averaged.get_weights()[0] - first).max() < np.abs(plain.get_weights()[0] - first).max()


def test_a_run_that_goes_on_takes_the_averages_out_before_it_learns() -> None:
    network = build_network("cnn", 3, N_MELS, WindowLayout())
    optimizer = make_optimizer(network, 0.01, replace(OPTIONS, ema_momentum=0.9))
    network.compile(optimizer, loss="mse")
    optimizer.build(network.trainable_variables)  # its averages are 0 until it learns
    learned = network.get_layer("conv0").get_weights()[0]
    for epoch, moved_out in ((0, False), (1, True)):
        callback = AveragedWeights()
        callback.set_model(network)
        callback.on_epoch_begin(epoch)
        assert network.get_layer("conv0").get_weights()[0].any() != moved_out
    callback.set_params({"epochs": 3})
    callback.on_epoch_end(1)
    np.testing.assert_allclose(network.get_layer("conv0").get_weights()[0], learned, atol=1e-6)
