"""How far the page is from Python at each stage, beside what is allowed; a failure says where and by how much.

Tolerances loosen along the chain. decoded: two decoders of one format, float32 arithmetic in an order of their own.
resampled: both sides sum the same products and round to float32. log_mel: the same, through a transform, in dB; only
bins far below the rest may be off more. (Of files those do not count: where the encoder left nothing, what the decoders
differ by is all there is.) logits: weights of 16 bits in the browser. Each is rounded, and the layers pass that on in
proportion to their outputs, so that the error grows with the range of a case's logits. probabilities: the same after
the mean over a row's steps; of files, what the decoders differ by comes on top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]

RESAMPLED = 1e-5
LOG_MEL_DB = 1e-3
LOG_MEL_SHARE = 0.999  # of bins that must be within LOG_MEL_DB
LOG_MEL_WORST_DB = 0.05  # of bins above LOG_MEL_AUDIBLE_DB
LOG_MEL_AUDIBLE_DB = -60.0  # below the case's maximum
LOGITS_SHARE = 0.01  # of the case's range, highest minus lowest
PROBABILITY = 0.01
FILE_PROBABILITY = 0.02

STAGES = ("decoded", "resampled", "log_mel", "logits", "probabilities")
MOST_SAMPLES_APART = 4096  # that a decoder may begin sooner or later: more than any encoder's delay


@dataclass(frozen=True)
class Stages:
    """What one side makes of a song's PCM."""

    resampled: Array  # [samples], at the model's rate
    log_mel: Array  # [frames, mels], dB
    logits: Array  # [steps, genres]
    probabilities: Array  # [rows, genres]


@dataclass(frozen=True)
class Deviation:
    """One stage of one case: `excess` is the deviation in units of what is allowed, above 1 is missed.

    `cell` is how a table shows it, `where` says what is worst. `measured` is for scripts. is_held: whether anything is
    promised here; where the browser's decoder is free to differ, what it does is shown and no more.
    """

    stage: str
    excess: float
    cell: str
    where: str
    measured: dict[str, float]
    is_held: bool = True

    @property
    def is_missed(self) -> bool:
        return self.is_held and self.excess > 1

    def __str__(self) -> str:
        return f"{self.stage}: {self.cell}, {self.excess:.3g} times what is allowed; {self.where}"


def hold(*deviations: Deviation) -> None:
    """Fails with the stages that are missed."""
    missed = [str(deviation) for deviation in deviations if deviation.is_missed]
    assert not missed, "\n".join(missed)


def compare_stages(found: Stages, golden: Stages) -> list[Deviation]:
    """Every stage behind the decoder, of a song that is given as PCM."""
    return [
        compare_resampled(found.resampled, golden.resampled),
        compare_log_mel(found.log_mel, golden.log_mel),
        compare_logits(found.logits, golden.logits),
        compare_probabilities(found.probabilities, golden.probabilities),
    ]


def compare_decoded(found: Array, golden: Array, tolerance: float, may_end_apart: int = 0) -> Deviation:
    """PCM [n, channels] out of two decoders, of which one may give a mono song twice, left and right.

    What the page has one channel of (MPEG audio) is held to be the mean of all.
    Says how much later the page's sound begins, which must not be, and how many samples it has more at the end.
    """
    golden = golden.mean(axis=1, keepdims=True) if found.shape[1] == 1 else golden
    more, later = len(found) - len(golden), samples_later(found.mean(axis=1), golden.mean(axis=1))
    ahead, behind = found[max(0, later) :], golden[max(0, -later) :]
    n = min(len(ahead), len(behind))
    off = np.abs(ahead[:n].astype(np.float64) - behind[:n])
    worst, rms = float(off.max(initial=0)), float(np.sqrt(np.mean(off**2)))
    shifts = [f"{later:+d} later"] * (later != 0) + [f"{more:+d} long"] * (more != 0)
    return Deviation(
        "decoded",
        inf if later != 0 or abs(more) > may_end_apart else worst / tolerance,
        " ".join([decibels(worst), *shifts]),
        _worst_place(ahead[:n], behind[:n], off),
        {"samples_more": more, "samples_later": later, "worst": worst, "rms": rms},
    )


def compare_resampled(found: Array, golden: Array, tolerance: float = RESAMPLED) -> Deviation:
    """Samples at the model's rate, [n]."""
    return _compare("resampled", found, golden, tolerance, decibels)


def compare_logits(found: Array, golden: Array) -> Deviation:
    """Steps of logits, [steps, genres]; in units of the golden ones' range."""
    span = float(np.ptp(golden))
    return _compare("logits", found / span, golden / span, LOGITS_SHARE, "{:.2%}".format)


def compare_probabilities(found: Array, golden: Array, tolerance: float = PROBABILITY) -> Deviation:
    """Rows of probabilities, [rows, genres]."""
    return _compare("probabilities", found, golden, tolerance, "{:.4f}".format)


def compare_log_mel(found: Array, golden: Array, *, only_audible: bool = False) -> Deviation:
    """Frames in dB, [frames, mels]: few bins may be off a little, and audible ones never by much.

    only_audible: LOG_MEL_SHARE is asked of the audible ones alone.
    """
    if unlike := _unlike("log_mel", found, golden):
        return unlike
    off = np.abs(found.astype(np.float64) - golden)
    audible = golden > golden.max(initial=-inf) + LOG_MEL_AUDIBLE_DB
    share, share_audible = (float(np.mean(some <= LOG_MEL_DB)) if some.size else 1.0 for some in (off, off[audible]))
    worst_audible = float(off[audible].max(initial=0))
    share_off = 1 - (share_audible if only_audible else share)
    return Deviation(
        "log_mel",
        max(share_off / (1 - LOG_MEL_SHARE), worst_audible / LOG_MEL_WORST_DB),
        f"{_floored_percent(share)} {_floored_percent(share_audible)} {worst_audible:.4f}",
        _worst_place(found, golden, off),
        {"share_within": share, "share_audible_within": share_audible, "worst_audible_db": worst_audible},
    )


def samples_later(found: Array, golden: Array) -> int:
    """How many samples later the sound begins in `found` [n] than in `golden` [m], by their beginnings' correlation."""
    a, b = (np.asarray(samples[: 2**18], np.float64) for samples in (found, golden))
    size = 2 ** int(np.ceil(np.log2(len(a) + len(b) + 1)))
    likeness = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    lags = np.arange(-MOST_SAMPLES_APART, MOST_SAMPLES_APART + 1)
    lags = lags[np.argsort(np.abs(lags), kind="stable")]  # of equals, as in silence, the nearest
    return int(lags[np.argmax(likeness[lags])])


def decibels(level: float) -> str:
    """Of full scale."""
    return f"{20 * np.log10(level):.0f} dB" if level > 0 else "exact"


def _compare(stage: str, found: Array, golden: Array, tolerance: float, shown: Callable[[float], str]) -> Deviation:
    if unlike := _unlike(stage, found, golden):
        return unlike
    off = np.abs(found.astype(np.float64) - golden)
    worst = float(off.max(initial=0))
    return Deviation(stage, worst / tolerance, shown(worst), _worst_place(found, golden, off), {"worst": worst})


def _unlike(stage: str, found: Array, golden: Array) -> Deviation | None:
    """What cannot be compared number by number is missed altogether."""
    if found.shape != golden.shape:
        return Deviation(stage, inf, "shape", f"shape {found.shape}, golden {golden.shape}", {})
    if not np.isfinite(found).all():
        return Deviation(stage, inf, "not finite", f"{np.sum(~np.isfinite(found))} are no finite numbers", {})
    return None


def _worst_place(found: Array, golden: Array, off: Array) -> str:
    if off.size == 0:
        return "nothing there"
    at = np.unravel_index(np.argmax(off), off.shape)
    values = (f"{np.broadcast_to(side, off.shape)[at]:.6g}" for side in (found, golden))
    return f"worst at {tuple(map(int, at))}: {', golden '.join(values)}"


def _floored_percent(share: float) -> str:
    """100 % only where all are."""
    return f"{np.floor(share * 1e4) / 1e2:.2f} %"
