"""training/teacher_network.py: the original network, and what of it can be compared with ours."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from model.network import build_network
from tests.support import SONGS
from tests.training.teachers import REAL_TEACHER, untaught_state
from training.audio_windows import plain_window, read_sound, window_samples
from training.errors import TrainingError
from training.teacher import load_convolutions, read_classifier, read_torch_weights
from training.teacher_features import teacher_log_mel
from training.teacher_network import build_teacher, matched_outputs

pytestmark = pytest.mark.usefixtures("untraced_networks")

LAYOUT = WindowLayout()
MUSIC = 137  # number of AudioSet's class "Music"


@pytest.fixture(scope="module")
def teacher() -> keras.Model:
    return build_teacher(untaught_state(), LAYOUT)


def test_its_features_have_the_shapes_of_ours(teacher: keras.Model) -> None:
    ours = matched_outputs(build_network("mn04", 3, 128, LAYOUT))
    assert teacher.input_shape == (None, 8 * LAYOUT.window_frames, 128)
    assert [output.shape for output in teacher.outputs] == [output.shape for output in ours]
    assert teacher.outputs[1].shape == (None, LAYOUT.window_steps, 384)


def test_what_it_hears_at_a_time_lands_in_the_same_step_as_in_ours() -> None:
    """One click, in frame 60 of ours and frame 480 of the teacher's: what it moves is symmetric around step 60 of 128.

    And around step 15 of 32 in the embedding. The weights are made symmetric in time for that.
    """
    state = {name: _symmetric(tensor) for name, tensor in untaught_state().items()}
    ours = build_network("mn04", 3, 128, LAYOUT)
    load_convolutions(ours, state)
    body = keras.Model(ours.get_layer("as_image").output, matched_outputs(ours))
    for network, shape, click in ((body, (1, 128, 128, 1), 60), (build_teacher(state, LAYOUT), (1, 1024, 128), 480)):
        sound = np.zeros(shape, np.float32)
        sound[:, click] = 3
        silence = np.zeros(shape, np.float32)
        for features, step in zip(network.predict_on_batch(np.concatenate([silence, sound])), (60, 15), strict=True):
            moved = np.abs(features[1] - features[0]).reshape(len(features[0]), -1).sum(axis=1)
            around = moved[step - 4 : step + 5]
            assert around.max() > 1.1 * moved[: step // 4].max()  # squeeze-and-excitation lets all steps move a little
            np.testing.assert_allclose(around, around[::-1], rtol=0.01)


def _symmetric(tensor: np.ndarray) -> np.ndarray:
    return (tensor + tensor[..., ::-1]) / 2 if tensor.ndim == 4 else tensor


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(TrainingError, match="not those of EfficientAT mn04"):
        build_teacher({"features.0.0.weight": np.zeros((8, 1, 5, 5))}, LAYOUT)


@pytest.mark.skipif(not REAL_TEACHER.is_file(), reason="extra test: the teacher's weights are not here")
@pytest.mark.parametrize("genre", ["classical", "hiphop", "rock"])
def test_the_real_one_hears_music(genre: str) -> None:
    chain, state = SignalChain(), read_torch_weights(Path(REAL_TEACHER))
    song, rng = read_sound(SONGS / f"{genre}.mp3"), np.random.default_rng(0)
    window = plain_window(song, window_samples(chain, LAYOUT), chain, rng)
    heard = teacher_log_mel(window, chain, LAYOUT.window_frames)[np.newaxis]
    _, embedding = build_teacher(state, LAYOUT).predict_on_batch(heard)
    probabilities = keras.ops.sigmoid(read_classifier(state).logits(embedding.mean(axis=1)))[0]
    assert int(np.argmax(probabilities)) == MUSIC
    assert float(probabilities[MUSIC]) > 0.5
