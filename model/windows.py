"""Where the network's windows lie over a song, and how their logits become one row a second and a verdict.

All but the three streams (WindowCutter, StepJoiner, RowStream) is pure: arrays in, arrays out. static/ does the same
arithmetic; tests hold both to the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.contract import Bounds, RowRule, WindowLayout
from model.features import Array, Float32, SignalChain


def n_steps(n_frames: int, layout: WindowLayout) -> int:
    """Steps of logits that a song of n_frames gives: whole ones, but never none."""
    return max(1, n_frames // layout.frames_per_step)


def window_starts(n_frames: int, layout: WindowLayout) -> list[int]:
    """First frames of the windows over a song: regular ones, then one that ends with the song's last whole step."""
    covered = n_steps(n_frames, layout) * layout.frames_per_step
    last = covered - layout.window_frames
    if last <= 0:
        return [0]
    regular = list(range(0, last + 1, layout.window_stride_frames))
    return regular if regular[-1] == last else [*regular, last]


def cut_windows(log_mel: Float32, layout: WindowLayout) -> Float32:
    """log_mel [frames, n_mels] to [windows, window_frames, n_mels]. A song shorter than a window repeats itself."""
    cutter = WindowCutter(layout)
    return np.stack([*cutter.push(log_mel), *cutter.finish()])


class WindowCutter:
    """Frames in, blocks of any length; windows [window_frames, n_mels] out, as soon as their frames are there."""

    def __init__(self, layout: WindowLayout) -> None:
        self._layout = layout
        self._kept: Float32 | None = None  # frames from the last window's first on
        self._next = 0  # where in them the next window begins
        self.n_frames = 0  # so far

    def push(self, log_mel: Float32) -> list[Float32]:
        """Take [n, n_mels] and give the windows that are now complete."""
        layout = self._layout
        self.n_frames += len(log_mel)
        kept = log_mel if self._kept is None else np.concatenate([self._kept, log_mel])
        starts = range(self._next, len(kept) - layout.window_frames + 1, layout.window_stride_frames)
        windows = [kept[start : start + layout.window_frames] for start in starts]
        if windows:
            kept, self._next = kept[starts[-1] :], layout.window_stride_frames
        self._kept = kept
        return windows

    def finish(self) -> list[Float32]:
        """The window that ends with the song's last whole step, unless that came already. Needs a frame at least."""
        layout = self._layout
        if self._kept is None or not self.n_frames:
            raise ValueError("a song without a frame has no windows")
        if self.n_frames < layout.window_frames:
            return [self._kept[np.arange(layout.window_frames) % self.n_frames]]
        last = window_starts(self.n_frames, layout)[-1] - (self.n_frames - len(self._kept))
        return [self._kept[last : last + layout.window_frames]] if last > 0 else []


def join_windows(window_logits: Float32, n_frames: int, layout: WindowLayout) -> Float32:
    """Logits [windows, window_steps, genres] to those of the song's steps, [n_steps, genres].

    A step comes from the window that has it away from its edges; up to the last window's own part, from the one before.
    """
    owned = zip(window_logits, owned_steps(n_frames, layout), strict=True)
    return np.concatenate([logits[steps] for logits, steps in owned])


def owned_steps(n_frames: int, layout: WindowLayout) -> list[slice]:
    """Which of its own steps each window over a song is heard by: each step of the song is in one of them."""
    total, done, owned = n_steps(n_frames, layout), 0, []
    for start in window_starts(n_frames, layout):
        first = start // layout.frames_per_step
        is_last = first + layout.window_steps >= total
        end = total if is_last else first + layout.window_steps - layout.margin_steps
        owned.append(slice(done - first, end - first))
        done = end
    return owned


class StepJoiner:
    """join_windows for windows that come one by one: logits in, those of the steps that no later window owns out."""

    def __init__(self, layout: WindowLayout) -> None:
        self._layout = layout
        self._done = 0  # steps that were given out
        self._last: Float32 = np.zeros((0, 0), np.float32)  # logits of the newest window, [window_steps, genres]
        self._n_regular = 0

    def push(self, logits: Float32) -> Float32:
        """The next regular window's logits [window_steps, genres] to those of its own steps [n, genres]."""
        first = self._n_regular * self._layout.window_stride_frames // self._layout.frames_per_step
        self._n_regular += 1
        self._last = logits
        return self._give(first, first + self._layout.window_steps - self._layout.margin_steps)

    def take_rest(self, logits: Float32) -> Float32:
        """The logits of the window that ends with the song, after the regular ones: its steps come with `finish`."""
        self._last = logits
        return logits[:0]

    def finish(self, n_frames: int) -> Float32:
        """The steps that are left of a song of n_frames."""
        last_start = window_starts(n_frames, self._layout)[-1]
        return self._give(last_start // self._layout.frames_per_step, n_steps(n_frames, self._layout))

    def _give(self, first: int, end: int) -> Float32:
        own = self._last[self._done - first : end - first]
        self._done = end
        return own


def step_centres_s(n: int, chain: SignalChain, layout: WindowLayout) -> Array:
    """The time in the song, in seconds, that each of the first n steps is centred on."""
    middle = (layout.frames_per_step - 1) / 2
    return chain.frame_centre_s(np.arange(n) * layout.frames_per_step + middle)


def row_logits(
    step_logits: Float32, duration_s: float, chain: SignalChain, layout: WindowLayout, rule: RowRule
) -> Float32:
    """Step logits [n_steps, genres] to one mean a row, [rows, genres].

    Row k describes [k, k + 1) * step_s and hears context_s around its middle (where no step lies there, the nearest).
    """
    centres_s = step_centres_s(len(step_logits), chain, layout)
    return _mean_around(_middles_s(0, _n_rows(duration_s, rule), rule), centres_s, step_logits, rule)


def _n_rows(duration_s: float, rule: RowRule) -> int:
    return max(1, int(np.ceil(duration_s / rule.step_s)))


def _middles_s(first: int, end: int, rule: RowRule) -> Array:
    return (np.arange(first, end) + 0.5) * rule.step_s


def _mean_around(middles_s: Array, centres_s: Array, step_logits: Float32, rule: RowRule) -> Float32:
    """A row around each middle."""
    begin = np.searchsorted(centres_s, middles_s - rule.context_s / 2)
    end = np.searchsorted(centres_s, middles_s + rule.context_s / 2, side="right")
    for row in np.flatnonzero(begin == end):
        begin[row] = np.abs(centres_s - middles_s[row]).argmin()
        end[row] = begin[row] + 1
    sums = np.cumsum(step_logits, axis=0, dtype=np.float64)
    sums = np.concatenate([np.zeros((1, sums.shape[1])), sums])
    return np.asarray((sums[end] - sums[begin]) / (end - begin)[:, np.newaxis], np.float32)


class RowStream:
    """row_logits for steps that come one by one: rows [n, genres] out as soon as no later step can change them."""

    def __init__(self, chain: SignalChain, layout: WindowLayout, rule: RowRule) -> None:
        self._chain, self._layout, self._rule = chain, layout, rule
        self._steps: list[Float32] = []  # those that rows to come may need
        self._n_steps = 0
        self.n_given = 0  # rows

    def push(self, step_logits: Float32) -> Float32:
        """The next steps' logits [n, genres]."""
        self._steps.append(step_logits)
        self._n_steps += len(step_logits)
        next_centre_s = float(step_centres_s(self._n_steps + 1, self._chain, self._layout)[-1])
        heard_s = next_centre_s - self._rule.context_s / 2  # the first row whose middle is not before it may change
        return self._give(max(self.n_given, int(np.ceil(heard_s / self._rule.step_s - 0.5))))

    def finish(self, duration_s: float) -> Float32:
        """The rows that are left of a song of this length."""
        return self._give(_n_rows(duration_s, self._rule))

    def _give(self, end: int) -> Float32:
        steps = np.concatenate(self._steps)
        centres_s = step_centres_s(self._n_steps, self._chain, self._layout)[-len(steps) :]
        rows = _mean_around(_middles_s(self.n_given, end, self._rule), centres_s, steps, self._rule)
        self.n_given = end
        needed_s = (end + 0.5) * self._rule.step_s - self._rule.context_s / 2
        self._steps = [steps[min(int(np.searchsorted(centres_s, needed_s)), len(steps) - 1) :]]
        return rows


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """Probabilities over the last axis, the logits divided by the temperature (Guo et al., 2017)."""
    scaled = logits.astype(np.float64) / temperature
    odds = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def sigmoid(logits: Array, temperature: float = 1.0) -> Array:
    """Probabilities of genres that do not exclude one another, the logits divided by the temperature."""
    return np.asarray(np.exp(-np.logaddexp(0, -logits.astype(np.float64) / temperature)))


def row_probabilities(logits_of_rows: Float32, rule: RowRule) -> Array:
    """Rows [rows, genres] as they are told."""
    return _activated(logits_of_rows, rule, rule.temperature)


def verdict_rows(logits_of_rows: Float32, rule: RowRule) -> Array:
    """Rows [rows, genres] at the temperature fitted for whole songs: the verdict is made of their mean."""
    return _activated(logits_of_rows, rule, rule.verdict_temperature)


def _activated(logits: Float32, rule: RowRule, temperature: float) -> Array:
    return sigmoid(logits, temperature) if rule.is_multi_label else softmax(logits, temperature)


def verdict_probabilities(logits_of_rows: Float32, rule: RowRule) -> Array:
    """The song's genres [genres]."""
    return verdict_of(verdict_rows(logits_of_rows, rule), rule.step_s, rule)


def verdict_of(rows: Array, step_s: float, rule: RowRule) -> Array:
    """verdict_rows [rows, genres], one every step_s, to the song's genres [genres]: their mean, less sure where they
    are few.

    From one second to short_verdict_below_s, the further temperature falls to 1 with the logarithm of the length.
    """
    mean, heard_s = np.asarray(rows.mean(axis=0)), max(1.0, len(rows) * step_s)
    if heard_s >= rule.short_verdict_below_s or rule.short_verdict_temperature == 1:
        return mean
    least = 1 / rule.short_verdict_temperature
    power = least + (1 - least) * np.log(heard_s) / np.log(rule.short_verdict_below_s)
    odds = mean**power
    return np.asarray(odds / (odds + (1 - mean) ** power) if rule.is_multi_label else odds / odds.sum())


def is_heard(probabilities: Array, bounds: Bounds) -> Array:
    """Whether each genre is likely enough to be claimed: [..., genres] to bool [..., genres]; bounds: of a RowRule."""
    return np.asarray(probabilities >= np.asarray(bounds))


def is_unsure(probabilities: Array, bounds: Bounds) -> Array:
    """Whether not even the likeliest genre is likely enough to be named: [..., genres] to bool [...]."""
    return np.asarray(~is_heard(probabilities, bounds).any(axis=-1))


def verdict_genre(probabilities: Array, genres: Sequence[str]) -> str:
    """The most probable genre; the first of equals."""
    return genres[int(np.argmax(probabilities))]
