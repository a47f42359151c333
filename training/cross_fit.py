"""Temperatures for songs that had no part in fitting them: calibration measured without flattering it.

Two temperatures fitted on the very songs they are judged on make the calibration error a little too small. Here the
songs are dealt into folds, and each fold is heard at the temperatures of the others (Stone, 1974).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.contract import RowRule
from training.calibrate import fit_temperatures
from training.score import SongLogits

N_FOLDS = 5


def cross_fitted_rules(scored: Sequence[SongLogits], rule: RowRule) -> list[RowRule]:
    """A rule a song, in the songs' order: `rule` with the temperatures of the folds that the song is not in.

    Fewer songs than folds are a fold each; a song that is alone keeps `rule`.
    """
    folds = (np.random.default_rng(0).permutation(len(scored)) % N_FOLDS).tolist()
    rule_of_fold = {fold: _fitted_without(fold, folds, scored, rule) for fold in set(folds)}
    return [rule_of_fold[fold] for fold in folds]


def _fitted_without(fold: int, folds: Sequence[int], scored: Sequence[SongLogits], rule: RowRule) -> RowRule:
    others = [song for song, its_fold in zip(scored, folds, strict=True) if its_fold != fold]
    return fit_temperatures(others, rule) if others else rule
