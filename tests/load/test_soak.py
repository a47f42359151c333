"""tests/load: a few seconds of what `make soak` does for long, and what it would complain of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.songs import Song
from tests.load.figures import Growth, Summary
from tests.load.measure import Kill
from tests.load.soak import Found, SoakPlan, complaints, report, soak
from tests.support import SONGS, ServerProcess

SHORT = SoakPlan(load_s=3, warm_s=1, n_kills=0)
BLUES = Song("blues", SONGS / "blues.mp3", 14.7, 44_100)
MET = Summary(
    n_right=9, n_refused=1, n_lost=0, n_wrong=0, songs_per_s=3, p50_s=0.1, p95_s=0.2, p99_s=0.3,
    refusal_p50_s=0.01, refusal_p99_s=0.02,
)  # fmt: skip
GOOD = Found(MET, Growth(800, 810), (40, 41), 9, [], [Kill(MET, 5.0, 0.5)], is_right_afterwards=True)


def test_a_server_under_all_at_once_is_as_it_must_be(ready_server: ServerProcess) -> None:
    found = soak(ready_server, BLUES, SHORT)
    assert complaints(found, SHORT.n_clients) == []
    assert found.met.n_refused > 0
    assert found.n_hostile > 0
    assert f"| songs heard, each exactly right | {found.met.n_right} (" in report(found, SHORT)


def test_nothing_to_complain_of() -> None:
    assert complaints(GOOD, 8) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"memory_mb": Growth(800, 900)}, "Memory grew from 800 to 900 MB."),
        ({"descriptors": (40, 60)}, "Descriptors grew from 40 to 60."),
        ({"met": replace(MET, n_wrong=2)}, "2 answers were neither right nor a documented refusal."),
        ({"met": replace(MET, n_right=0)}, "No song was heard under load."),
        ({"met": replace(MET, n_lost=1)}, "1 requests were lost with no worker killed."),
        ({"kills": [Kill(replace(MET, n_lost=9), 5.0, 0.5)]}, "Killed workers cost [9] requests of 8 clients."),
        ({"kills": [Kill(MET, float("nan"), 0.5)]}, "A worker did not come back."),
        ({"is_right_afterwards": False}, "A good request afterwards was not answered as before."),
        ({"said": "Traceback (most recent call last):"}, "The server's log has a traceback."),
        ({"unexpected": ["empty was answered with 500"]}, "Of the hostile files empty was answered with 500."),
    ],
)
def test_each_fault_is_a_sentence(change: dict[str, object], complaint: str) -> None:
    assert complaints(replace(GOOD, **change), 8) == [complaint]
