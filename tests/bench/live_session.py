"""What an hour-long live session takes: `python -m tests.bench.live_session` prints a table.

It hears faster than an hour, in some ten minutes on two slow cores: see tests/page/fast_session.py. Memory is the whole
browser's, as in the other figures; the page's heap is what its JavaScript holds after a collection.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from tests.bench.memory import browser_mb
from tests.page.browser import Page
from tests.page.browsers import start_chromium
from tests.page.fast_session import FastSession, Noted
from tests.page.live_sound import stop
from tests.support import ServerProcess

PUSH_S = 0.35  # a step of the network takes 0.33 s: each push has its own preview, as in a session that takes its time
COLUMNS = ("minute", "browser MB", "page heap MB", "heard ms", "rows ms", "paint ms", "longest ms")


def row(minute: float, memory_mb: float, heap_mb: float, noted: Noted) -> str:
    """Medians, and the main thread's longest task (0 where none took 50 ms)."""
    heard, rows, paint = (f"{statistics.median(times):.2f}" for times in (noted.heard, noted.rows, noted.paint))
    longest = f"{max(noted.long, default=0.0):.0f}"
    return line((f"{minute}", f"{memory_mb:.1f}", f"{heap_mb:.2f}", heard, rows, paint, longest))


def line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:>14}" for cell in cells)


def heap_mb(page: Page) -> float:
    page.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})  # type: ignore[attr-defined]
    used = page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"]  # type: ignore[attr-defined]
    return float(used) / 1e6


def measure(page: Page, driver_pid: int, minutes: int, every: int) -> None:
    session = FastSession(page)
    print(line(COLUMNS), flush=True)
    for minute in range(every, minutes + 1, every):
        noted = session.hear(every * 60, PUSH_S)
        print(row(minute, browser_mb(driver_pid), heap_mb(page), noted), flush=True)
    analysis = stop(page)
    page.run("await new Promise((resolve) => setTimeout(resolve, 1000))")
    longest_ms = max(page.run("return noted().long_ms"), default=0.0)
    print(f"ended with {len(analysis['probabilities'])} rows; longest task of the end: {longest_ms:.0f} ms")  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--every", type=int, default=5, help="minutes of sound from one line to the next")
    options = parser.parse_args()
    server = ServerProcess()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = start_chromium(Path(profile))
        try:
            server.wait_for_page()
            measure(Page(driver, server.url), driver.service.process.pid, options.minutes, options.every)
        finally:
            driver.quit()
            server.stop()


if __name__ == "__main__":
    main()
