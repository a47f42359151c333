"""One song through the page and through Python: how far apart they are at each stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from model.predictor import Predictor
from tests.page.browser import Page, PageError
from tests.parity.compare import (
    FILE_PROBABILITY,
    Array,
    Deviation,
    compare_decoded,
    compare_log_mel,
    compare_logits,
    compare_probabilities,
    compare_resampled,
    compare_stages,
)
from tests.parity.decoding import decoded_in_page
from tests.parity.files import SongFile
from tests.parity.reference import decoded_in_python, stages_in_python
from tests.parity.signals import Signal
from tests.parity.stages import stages_of_pcm, stages_of_song

END_SAMPLES = 64  # at the model's rate: what the resampling filter still hears of an end that only one side has
SONG_TIMEOUT_S = 300  # the longest song takes a few seconds, on a machine with nothing else to do


@dataclass(frozen=True)
class Result:
    """A song's deviations, in the order of the stages, and why they may be larger than others'.

    route: how the page decoded it, see `Decoded`; empty where nothing was to be decoded.
    """

    name: str
    deviations: tuple[Deviation, ...]
    note: str = ""
    route: str = ""

    @property
    def missed(self) -> list[Deviation]:
        return [deviation for deviation in self.deviations if deviation.is_missed]


def measure_signal(page: Page, predictor: Predictor, signal: Signal, **faults: Any) -> Result:
    """A signal is given to both sides as PCM, so that nothing is decoded. `faults` as in `stages_of_song`."""
    pcm = signal.pcm()
    found = stages_of_pcm(page, pcm, signal.sample_rate_hz, **faults)
    golden = stages_in_python(predictor, pcm, signal.sample_rate_hz)
    return Result(signal.name, tuple(compare_stages(found, golden)))


def measure_file(page: Page, predictor: Predictor, song: SongFile, **faults: Any) -> Result:
    """A file is decoded by each side on its own. The probabilities are those that the page shows a visitor."""
    expected = song.expected
    try:
        decoded = decoded_in_page(page, song.path)
    except PageError as error:
        return Result(song.name, (Deviation("decoded", inf, "refused", str(error), {}),), expected.note)
    pcm, rate_hz = decoded_in_python(song.path)
    assert decoded.sample_rate_hz == rate_hz, f"{song.name}: {decoded.sample_rate_hz} Hz in the page, not {rate_hz}"
    found, golden = stages_of_song(page, **faults), stages_in_python(predictor, pcm, rate_hz)
    shown = np.array(page.analyse(song.path, SONG_TIMEOUT_S)["probabilities"])

    def both(ours: Array, theirs: Array, at_the_end: int = 0) -> tuple[Array, Array]:
        n = min(len(ours), len(theirs)) - at_the_end
        return (ours[:n], theirs[:n]) if expected.may_end_apart else (ours, theirs)

    deviations = (
        compare_decoded(decoded.pcm, pcm, expected.worst, expected.may_end_apart),
        compare_resampled(*both(found.resampled, golden.resampled, END_SAMPLES), expected.worst),
        compare_log_mel(*both(found.log_mel, golden.log_mel), only_audible=True),
        compare_logits(*both(found.logits, golden.logits)),
        compare_probabilities(*both(shown, golden.probabilities), FILE_PROBABILITY),
    )
    held = tuple(replace(each, is_held=each.stage not in expected.free) for each in deviations)
    return Result(song.name, held, expected.note, decoded.route)
