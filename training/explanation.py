"""Which cells of the log-mel around a row speak for a genre, and which against: static/explain's method in TensorFlow.

Gradient x (input - baseline) of the row's log-odds (Shrikumar et al., "Not just a black box", 2016), the baseline being
what is usual in each band; and, as the reference that takes many times as long, integrated gradients from that baseline
(Sundararajan et al., "Axiomatic attribution for deep networks", 2017).

Conventions
-----------
- levels are float32 [n, window_frames, n_mels], dB below the window's peak, as of RelativeLevel: that peak is taken as
  given, so that no cell is made to answer for all others being counted from it.
- shares are float32 [n, window_steps]: what each step adds to the mean that a row is, 0 outside of it.
- Relevance has the levels' shape, and is in nats: what a cell adds to ln(p / (1 - p)) of the genre's probability p in
  the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from model.contract import Contract, RowRule
from model.features import Array, Float32
from model.network import DYNAMIC_RANGE_DB, SILENCE_DB
from model.windows import row_probabilities, step_centres_s
from training.errors import TrainingError

WINDOWS_A_BATCH = 16


@dataclass(frozen=True)
class Asked:
    """n rows, each in its window: windows [n, window_frames, n_mels] in dB, shares, and the genres asked for."""

    windows: Float32
    shares: Float32
    genres: Array  # int [n]


def steps_of_row(row: int, known: range, contract: Contract) -> range:
    """The steps, of those that there are, that a row is the mean of; the nearest where none is near enough."""
    centres_s = step_centres_s(known.stop, contract.chain, contract.windows)[known.start :]
    from_middle_s = np.abs(centres_s - (row + 0.5) * contract.rows.step_s)
    steps = np.flatnonzero(from_middle_s <= contract.rows.context_s / 2)
    first, last = (steps[0], steps[-1]) if len(steps) else (from_middle_s.argmin(),) * 2
    return range(known.start + int(first), known.start + int(last) + 1)


def frames_of_row(row: int, n_frames: int, contract: Contract) -> range:
    """The window around a row of a song of n_frames, shifted inwards at its ends; all of a song that has fewer."""
    layout = contract.windows
    if n_frames <= layout.window_frames:
        return range(n_frames)
    n_steps = n_frames // layout.frames_per_step
    steps = steps_of_row(row, range(n_steps), contract)
    around = (steps.start + steps.stop - layout.window_steps) // 2
    first = min(n_steps - layout.window_steps, max(0, around)) * layout.frames_per_step
    return range(first, first + layout.window_frames)


def shares_of_row(row: int, frames: range, contract: Contract) -> Float32:
    """What each step of the window [window_steps] adds to the row."""
    layout = contract.windows
    first = frames.start // layout.frames_per_step
    n_steps = min(layout.window_steps, max(1, len(frames) // layout.frames_per_step))
    steps = steps_of_row(row, range(first, first + n_steps), contract)
    shares = np.zeros(layout.window_steps, np.float32)
    shares[steps.start - first : steps.stop - first] = 1 / len(steps)
    return shares


def peaks_db(windows: Float32) -> Float32:
    """What the windows' levels are counted from: [n, 1, 1]."""
    return np.asarray(np.maximum(windows.max(axis=(1, 2), keepdims=True), SILENCE_DB), np.float32)


def levels_of(windows: Float32) -> Float32:
    """The windows' levels."""
    return np.asarray(np.maximum(windows - peaks_db(windows), -DYNAMIC_RANGE_DB), np.float32)


def usual_levels(levels: Float32) -> Float32:
    """The baseline: each band's mean over the window, in all its frames."""
    return np.broadcast_to(levels.mean(axis=1, keepdims=True), levels.shape)


class Explainer:
    """A network's logits of rows, and the relevance of what it heard. Raises TrainingError for a network of others."""

    def __init__(self, network: keras.Model, rule: RowRule) -> None:
        try:
            level = network.get_layer("relative_level").output
        except ValueError as error:
            raise TrainingError(
                f"only a network that begins with its window's level can be explained: {error}"
            ) from None
        self._rule = rule
        self._whole = _compiled(network)
        behind_level = keras.Model(level, network.output)
        self._gradient = _compiled_gradient(behind_level, rule)

    def row_logits(self, windows: Float32, shares: Float32) -> Float32:
        """The whole network's [n, genres]."""
        return _batched(self._whole, windows, shares)

    def probabilities(self, windows: Float32, shares: Float32) -> Array:
        """Of the rows, as they are told: [n, genres]."""
        return row_probabilities(self.row_logits(windows, shares), self._rule)

    def gradient(self, levels: Float32, shares: Float32, genres: Array) -> Float32:
        """What each dB of the levels adds to the log-odds."""
        return _batched(self._gradient, levels, shares, genres)

    def relevance(self, asked: Asked) -> Float32:
        """What the page draws."""
        levels = levels_of(asked.windows)
        return self.gradient(levels, asked.shares, asked.genres) * (levels - usual_levels(levels))

    def integrated(self, asked: Asked, n_points: int) -> Float32:
        """The reference: the mean gradient at so many points on the way from the baseline, where the page has one."""
        levels = levels_of(asked.windows)
        usual = usual_levels(levels)
        at = (np.arange(n_points) + 0.5) / n_points
        ways = [usual + share * (levels - usual) for share in at.astype(np.float32)]
        mean = sum(self.gradient(way, asked.shares, asked.genres) for way in ways) / n_points
        return np.asarray(mean * (levels - usual), np.float32)


def _batched(function: Callable[..., Any], *arrays: Array) -> Float32:
    batches = range(0, len(arrays[0]), WINDOWS_A_BATCH)
    found = [function(*(tf.constant(array[i : i + WINDOWS_A_BATCH]) for array in arrays)).numpy() for i in batches]
    return np.concatenate(found)


def _row_logits(network: keras.Model, x: Any, shares: Any) -> Any:
    return tf.reduce_sum(network(x, training=False) * shares[:, :, tf.newaxis], axis=1)


def _inputs(network: keras.Model) -> list[Any]:
    """Of a compiled function, of any number of windows: it is traced once."""
    return [tf.TensorSpec((None, *network.input_shape[1:])), tf.TensorSpec((None, network.output_shape[1]))]


def _compiled(network: keras.Model) -> Callable[..., Any]:
    compiled: Callable[..., Any] = tf.function(
        lambda windows, shares: _row_logits(network, windows, shares), input_signature=_inputs(network)
    )
    return compiled


def _compiled_gradient(network: keras.Model, rule: RowRule) -> Callable[..., Any]:
    def gradient(levels: Any, shares: Any, genres: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(levels)
            scaled = _row_logits(network, levels, shares) / rule.temperature
            is_asked = tf.one_hot(genres, scaled.shape[1], on_value=True, off_value=False, dtype=tf.bool)
            own = tf.reduce_sum(tf.where(is_asked, scaled, 0.0), axis=1)
            others = tf.reduce_logsumexp(tf.where(is_asked, -np.inf, scaled), axis=1)
            log_odds = own if rule.is_multi_label else own - others
        return tape.gradient(log_odds, levels)

    signature = [*_inputs(network), tf.TensorSpec((None,), tf.int32)]
    compiled: Callable[..., Any] = tf.function(gradient, input_signature=signature)
    return compiled
