"""Anything at all as a song, and any request that the OpenAPI description allows or does not: known answers only.

A few dozen cases each in `make test`; FUZZ_EXAMPLES=3000 tries other ones, and as many as that.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import unsupported_method
from schemathesis.specs.openapi.checks import positive_data_acceptance

from server.problems import KINDS
from tests.support import SONGS, ServerProcess

N_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
MANY = settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # the same cases each time, unless many are wanted
)
BLUES = SONGS / "blues.mp3"
FORMATS = sorted((SONGS / "formats").iterdir())
MOST_BYTES = 60_000  # of a song's beginning: what happens in the middle of a long one is no different


@pytest.fixture(scope="module")
def answer(ready_server: ServerProcess) -> Any:
    return httpx.post(f"{ready_server.url}/predict", files={"file": BLUES.read_bytes()}, timeout=60).json()


@pytest.fixture(autouse=True)
def serves_on(ready_server: ServerProcess, answer: Any) -> Iterator[None]:
    """After all of it the next good request is right, and nothing is left over."""
    before = ready_server.n_descriptors
    yield
    again = httpx.post(f"{ready_server.url}/predict", files={"file": BLUES.read_bytes()}, timeout=60)
    assert again.json() == answer
    assert ready_server.n_descriptors <= before + 5  # connections that rest
    assert "Traceback" not in ready_server.output()


def cut(content: bytes, begin: float, end: float) -> bytes:
    return content[int(begin * len(content)) : int(end * len(content))]


SHARE = st.floats(0, 1)
WHOLE = st.sampled_from([path.read_bytes()[:MOST_BYTES] for path in FORMATS])


@st.composite
def damaged_songs(draw: st.DrawFn) -> bytes:
    """Truncated, with bytes changed, with pieces of another format in the middle, or of no format at all."""
    content = draw(WHOLE)
    match draw(st.sampled_from(["truncated", "flipped", "spliced", "repeated", "head", "any"])):
        case "truncated":
            return cut(content, 0, draw(SHARE))
        case "flipped":
            changed = bytearray(content)
            for at, byte in draw(st.lists(st.tuples(SHARE, st.integers(0, 255)), min_size=1, max_size=50)):
                changed[int(at * (len(changed) - 1))] = byte
            return bytes(changed)
        case "spliced":
            at, other = draw(SHARE), draw(WHOLE)
            return cut(content, 0, at) + cut(other, draw(SHARE), 1) + cut(content, at, 1)
        case "repeated":
            return cut(content, draw(SHARE), 1) * draw(st.integers(2, 4))
        case "head":  # the sizes and counts that a header claims
            return draw(st.binary(min_size=1, max_size=200)).join([content[:4], content[draw(st.integers(4, 300)) :]])
        case _:
            return draw(st.binary(max_size=5000))


@MANY
@given(song=damaged_songs())
def test_damaged_songs_have_an_answer_or_a_known_problem(ready_server: ServerProcess, song: bytes) -> None:
    response = httpx.post(f"{ready_server.url}/predict", files={"file": song}, timeout=120)
    if response.status_code != 200:
        assert response.status_code in (415, 422), response.text
        assert KINDS[response.json()["code"]].status == response.status_code


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
def test_what_the_description_allows_and_what_it_does_not_has_a_described_answer(
    ready_server: ServerProcess, mode: GenerationMode
) -> None:
    """Status, content type and shape of the answer are described. Few of the bytes sent as songs are any."""
    n_asked = max(10, N_EXAMPLES // 4)  # each may send dozens of songs
    operation = schemathesis.openapi.from_url(f"{ready_server.url}/openapi.json")["/predict"]["POST"]
    statuses = Counter[int]()

    @settings(MANY, max_examples=n_asked)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        response = case.call(timeout=60)
        case.validate_response(response, excluded_checks=[positive_data_acceptance, unsupported_method])
        statuses[response.status_code] += 1

    ask()
    assert sum(statuses.values()) >= n_asked / 2
    assert set(statuses) <= {200, 400, 415, 422}
