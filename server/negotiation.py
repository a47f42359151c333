"""What a request asks for in its headers: an encoding, a part, or nothing because the client has it (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from server.encodings import IDENTITY

A_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.IGNORECASE | re.ASCII)
Q = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE | re.ASCII)


class UnsatisfiableRange(Exception):
    """The part that is asked for lies beyond the end."""


def coding_asked_for(accept_encoding: Iterable[str], available: Iterable[str]) -> str:
    """The one of the codings, best first, that the client likes most; "identity" when it takes none of them.

    accept_encoding: the header's values. Some browsers' media players ask for identity alone, or refuse gzip by q=0.
    """
    weights = dict(_weighted(part) for value in accept_encoding for part in value.split(",") if part.strip())
    anything_else = weights.get("*", 0.0)
    best = max(available, key=lambda coding: weights.get(coding, anything_else))  # of equals the first
    return best if weights.get(best, anything_else) > 0 else IDENTITY


def _weighted(part: str) -> tuple[str, float]:
    """A coding and its weight; one that cannot be read is none that we would dare to send."""
    coding, *parameters = (word.strip() for word in part.split(";"))
    if not parameters:
        return coding.lower(), 1.0
    q = Q.fullmatch(parameters[0])
    return coding.lower(), float(q[1]) if q else 0.0


def part_asked_for(range_header: str, n_bytes: int) -> tuple[int, int] | None:
    """Begin and end (not included) of the one part that is asked for; None: the whole.

    The whole is also the answer to what is no range of bytes, as the standard has it, and to several parts in one
    request, as it allows. Raises UnsatisfiableRange.
    """
    found = A_RANGE.fullmatch(range_header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:  # the last so many bytes
        begin, end = max(0, n_bytes - int(last)), n_bytes
    else:
        begin, end = int(first), min(n_bytes, int(last) + 1) if last else n_bytes
        if last and int(last) < begin:
            return None
    if begin >= n_bytes:
        raise UnsatisfiableRange
    return begin, end


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether the client has it already. Weak tags are as good, since nothing is sent."""
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in known or known == ["*"]
