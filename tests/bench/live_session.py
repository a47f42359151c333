"""What an hour-long live session takes: `python -m tests.bench.live_session` prints a table.

Times are medians of single steps of the network, by the clock, but for "main": the main thread's processor time a step,
all that it does included, which others that are busy on this machine do not change. "longest" is the main thread's
longest task of 50 ms and more, by the clock again: on a busy machine any of them may be.

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
COLUMNS = ("minute", "browser MB", "page heap MB", "heard ms", "rows ms", "paint ms", "longest ms", "main ms")


def row(minute: float, memory_mb: float, heap_mb: float, noted: Noted, main_ms: float) -> str:
    heard, rows, paint = (f"{statistics.median(times):.2f}" for times in (noted.heard, noted.rows, noted.paint))
    longest = f"{max(noted.long, default=0.0):.0f}"
    return line((f"{minute}", f"{memory_mb:.1f}", f"{heap_mb:.2f}", heard, rows, paint, longest, f"{main_ms:.2f}"))


def line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:>14}" for cell in cells)


def heap_mb(page: Page) -> float:
    page.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})  # type: ignore[attr-defined]
    used = page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"]  # type: ignore[attr-defined]
    return float(used) / 1e6


def main_thread_ms(page: Page) -> float:
    """Processor time of the page's main thread in tasks since it was loaded."""
    found = page.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]  # type: ignore[attr-defined]
    return float(next(metric["value"] for metric in found if metric["name"] == "TaskDuration")) * 1000


def measure(page: Page, driver_pid: int, minutes: int, every: int) -> None:
    page.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})  # type: ignore[attr-defined]
    session = FastSession(page)
    print(line(COLUMNS), flush=True)
    for minute in range(every, minutes + 1, every):
        before_ms = main_thread_ms(page)
        noted = session.hear(every * 60, PUSH_S)
        main_ms = (main_thread_ms(page) - before_ms) / len(noted.heard)
        print(row(minute, browser_mb(driver_pid), heap_mb(page), noted, main_ms), flush=True)
    before_ms = main_thread_ms(page)
    n_rows = len(stop(page)["probabilities"])  # type: ignore[arg-type]
    print(f"its end, with {n_rows} rows: {main_thread_ms(page) - before_ms:.0f} ms of the main thread")


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
