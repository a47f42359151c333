"""The teacher as it was taught: EfficientAT mn04 with the strides, the frame rate and the squeezes of its own.

Our "mn04" network hears an eighth of the frames, leaves out the first three strides in time, and squeezes around each
frame: from EARLY on, both have the same steps and channels, and can be compared.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from model.contract import WindowLayout
from model.network import build_network
from training.squeeze import over_the_window
from training.teacher import StateDict, load_convolutions
from training.teacher_features import FRAMES_PER_FRAME, N_TEACHER_MELS

EARLY = "features-6-block-add"  # the first layers' end: [128 steps of 1 frame, 16 bands, 16 channels] of a window
STRIDES_KEPT_BY_US = ("features-0-0", "features-2-block-1-stride", "features-4-block-1-stride")


def build_teacher(state: StateDict, layout: WindowLayout) -> keras.Model:
    """Teacher's log-mels [batch, 8 * window_frames, 128] to `matched_outputs`.

    Raises TrainingError when the state dict is of another network.
    """
    ours = build_network("mn04", 1, N_TEACHER_MELS, layout)
    compared = [ours.get_layer(name).output for name in (EARLY, "embedding")]
    body = keras.Model(ours.get_layer("as_image").output, compared)
    n_frames = layout.window_frames * FRAMES_PER_FRAME
    log_mel = layers.Input((n_frames, N_TEACHER_MELS))
    image = layers.Reshape((n_frames, N_TEACHER_MELS, 1))(log_mel)
    teacher = keras.models.clone_model(body, input_tensors=image, clone_function=_with_its_own_stride)
    load_convolutions(teacher, state)
    return keras.Model(log_mel, matched_outputs(teacher))


def _with_its_own_stride(layer: Any) -> Any:
    if layer.name in STRIDES_KEPT_BY_US:
        return type(layer).from_config(layer.get_config() | {"strides": (2, 2)})  # (time, mel)
    return over_the_window(layer)


def matched_outputs(network: keras.Model) -> list[Any]:
    """Of ours or of the teacher: EARLY [batch, frames, 16, 16] and the embedding [batch, window_steps, 384]."""
    embedding = network.get_layer("embedding").output
    steps = layers.Reshape((embedding.shape[1], embedding.shape[3]), name="embedding_steps")(embedding)
    return [network.get_layer(EARLY).output, steps]
