"""Per-channel energy normalisation (Wang et al., "Trainable frontend for robust and far-field keyword spotting", 2017).

Every band is divided by how loud it has just been, and what is left is rooted: onsets stand out, a band that is loud
all the time does not. The constants are the authors'; the mean is of the second around each frame, not of the past, so
that it is the same whether a window is heard from its start or from before.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import layers, ops

LN_A_UNIT = 4 * math.log(10)  # of power: the two units from -1 to 1 are 80 dB
SECOND_FRAMES = 13
FLOOR, STRENGTH, OFFSET = 1e-6, 0.98, 2.0


@keras.saving.register_keras_serializable("genrescope")
class Pcen(layers.Layer):  # type: ignore[misc]
    """level [batch, frames, n_mels], -1 to 1 for 80 dB, to the same shape: nearly 0 in silence, and above."""

    def call(self, level: Any) -> Any:
        """(power / (floor + mean power of the second) ** strength + offset) ** 0.5 - offset ** 0.5."""
        ln_power = LN_A_UNIT * (level - 1)
        power = ops.exp(ln_power)[..., None]
        mean = ops.average_pool(power, (SECOND_FRAMES, 1), strides=1, padding="same")[..., 0]
        normalised = ops.exp(ln_power - STRENGTH * ops.log(FLOOR + mean))
        return ops.sqrt(normalised + OFFSET) - OFFSET**0.5
