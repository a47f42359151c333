"""How steady a chart is where the music is, and how far two charts of one song are apart.

Arrays of top genres in, shares from 0 to 1 out; None where there is nothing to take a share of.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Tops = npt.NDArray[np.intp]  # index of the most probable genre of each second


def flicker(tops: Tops, unsure: npt.NDArray[np.bool_] | None = None) -> float | None:
    """The share of neighbouring seconds whose top genre differs.

    For the top genres t[0] ... t[n - 1] of a song's n seconds

        flicker = #{k : t[k] != t[k + 1], 0 <= k < n - 1} / (n - 1)

    With `unsure`, bool [n], both counts hold only those k for which neither second k nor second k + 1 is unsure: such
    seconds show no genre, so that they cannot flicker. A song's own changes count, too: of a steady one there are few.
    """
    pairs = np.ones(max(0, len(tops) - 1), bool) if unsure is None else ~(unsure[:-1] | unsure[1:])
    return float((tops[:-1] != tops[1:])[pairs].mean()) if pairs.any() else None


def n_compared(first: Tops, second: Tops) -> int:
    """The seconds that both charts have: decoders may leave a few samples more or fewer at a song's end."""
    return min(len(first), len(second))


def share_changed(first: Tops, second: Tops) -> float:
    """The share of the compared seconds whose top genre is another one in the second chart."""
    n = n_compared(first, second)
    return float((first[:n] != second[:n]).mean())
