"""Comparing what the page computed with golden values, stage by stage; a failure says where and by how much.

Tolerances loosen along the chain. resampled: both sides sum some 70 products in their own order and precision, which is
float32 rounding. log_mel: the same, through float32 transforms, in dB; only bins far below the rest may be off more.
logits: float16 weights in the browser. Each is rounded by up to 2^-11 of itself, and the layers pass that on in
proportion to their outputs, so that the error grows with the range of a case's logits: 0.2 to 0.5 % of it, measured.
probabilities: the same after the mean over a row's steps.
"""

from __future__ import annotations

import numpy as np

RESAMPLED = 1e-5
LOG_MEL_DB = 1e-3
LOG_MEL_SHARE = 0.999  # of bins that must be within LOG_MEL_DB
LOG_MEL_WORST_DB = 0.05  # of bins above LOG_MEL_AUDIBLE_DB
LOG_MEL_AUDIBLE_DB = -60.0  # below the case's maximum
LOGITS_SHARE = 0.01  # of the case's range, highest minus lowest
PROBABILITY = 0.01


def assert_resampled(found: np.ndarray, golden: np.ndarray) -> None:
    """Samples at the model's rate, [n]."""
    _assert_within(found, golden, RESAMPLED, "resampled")


def assert_logits(found: np.ndarray, golden: np.ndarray) -> None:
    """Steps of logits, [steps, genres]."""
    _assert_within(found, golden, LOGITS_SHARE * float(np.ptp(golden)), "logits")


def assert_probabilities(found: np.ndarray, golden: np.ndarray) -> None:
    """Rows of probabilities, [rows, genres]."""
    _assert_within(found, golden, PROBABILITY, "probabilities")


def assert_log_mel(found: np.ndarray, golden: np.ndarray) -> None:
    """Frames in dB, [frames, mels]."""
    _assert_shape(found, golden, "log_mel")
    off = np.abs(found.astype(np.float64) - golden)
    share = float(np.mean(off <= LOG_MEL_DB))
    at = np.unravel_index(np.argmax(off), off.shape)
    worst = f"worst at {tuple(map(int, at))}: {found[at]:.4f} dB, golden {golden[at]:.4f} dB"
    assert share >= LOG_MEL_SHARE, f"log_mel: {share:.4%} of bins within {LOG_MEL_DB} dB; {worst}"
    audible = golden > golden.max() + LOG_MEL_AUDIBLE_DB
    assert off[audible].max() <= LOG_MEL_WORST_DB, f"log_mel: audible bins off by {off[audible].max():.4f} dB; {worst}"


def _assert_shape(found: np.ndarray, golden: np.ndarray, stage: str) -> None:
    assert found.shape == golden.shape, f"{stage}: shape {found.shape}, golden {golden.shape}"


def _assert_within(found: np.ndarray, golden: np.ndarray, tolerance: float, stage: str) -> None:
    _assert_shape(found, golden, stage)
    off = np.abs(found.astype(np.float64) - golden)
    at = np.unravel_index(np.argmax(off), off.shape)
    assert off[at] <= tolerance, (
        f"{stage}: off by {off[at]:.3g} (tolerance {tolerance:g}) at {tuple(map(int, at))}: "
        f"{found[at]:.6g}, golden {golden[at]:.6g}"
    )
