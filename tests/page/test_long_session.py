"""A live session of ten minutes: what the page does for its newest rows is no more at its end than at its start.

`python -m tests.bench.live_session` has the figures of an hour.
"""

from __future__ import annotations

import pytest

from tests.page.browser import Page
from tests.page.fast_session import FastSession
from tests.page.live_sound import stop
from tests.page.test_zoom import COUNT_PAINTING

STEP_PUSH_S, N_STEPS = 0.35, 20
# Whoever reads a number of a row is counted, and whoever asks for the largest of many.
COUNT_WORK = """
const { SongView } = await load("ui/song-view.js");
const { LiveSession } = await load("live/session.js");
const { setRows } = SongView.prototype;
const { _showRows } = LiveSession.prototype;
const watched = new WeakMap();
window.n_read = 0;
const watch = (row) => {
  const get = (target, name) => {
    if (/^\\d+$/.test(String(name))) window.n_read += 1;
    return Reflect.get(target, name);
  };
  if (!watched.has(row)) watched.set(row, new Proxy(row, { get }));
  return watched.get(row);
};
SongView.prototype.setRows = function (rows, unsure) { setRows.call(this, rows.map(watch), unsure); };
LiveSession.prototype._showRows = function (...given) {
  const { max } = Math;
  Math.max = (...numbers) => { if (numbers.length > 2) window.n_read += numbers.length; return max(...numbers); };
  try { _showRows.apply(this, given); } finally { Math.max = max; }
};
"""
COUNTS = "const counts = [n_read, n_painted]; n_read = n_painted = 0; return counts;"


def heap_bytes(page: Page) -> int:
    page.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})  # type: ignore[attr-defined]
    return int(page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"])  # type: ignore[attr-defined]


def n_nodes(page: Page) -> int:
    return int(page.driver.execute_script("return document.querySelectorAll('*').length"))


def test_the_tenth_minute_is_no_more_work_than_the_second(page: Page) -> None:
    page.run(COUNT_PAINTING + COUNT_WORK)
    session = FastSession(page)
    session.hear(100, 2.0)
    page.run(COUNTS)
    session.hear(N_STEPS * STEP_PUSH_S, STEP_PUSH_S)
    (early_read, early_painted), early_bytes, early_nodes = page.run(COUNTS), heap_bytes(page), n_nodes(page)
    session.hear(480, 2.0)
    page.run(COUNTS)
    session.hear(N_STEPS * STEP_PUSH_S, STEP_PUSH_S)
    (late_read, late_painted), late_bytes, late_nodes = page.run(COUNTS), heap_bytes(page), n_nodes(page)
    assert min(early_read, early_painted) > 0
    # Twice as much is no growth: the chart's strip ends now and then, and a minute of it is painted anew.
    assert late_read < 3 * early_read
    assert late_painted < 5 * early_painted
    assert late_bytes - early_bytes < 1e6  # eight minutes of rows: 0.1 MB
    assert late_nodes <= early_nodes + 20
    analysis = stop(page)
    assert len(analysis["probabilities"]) == pytest.approx(600, abs=10)  # type: ignore[arg-type]
