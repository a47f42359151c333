"""`python -m tests.bench [SONG]`: how fast the page and /predict are, beside plain decoding on the same machine.

Everything is measured in one run of a real server and a real Chromium, warm, as medians; the ratios are what can
be compared between machines. Times are milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import soundfile

from tests.page.browser import Page, start_chromium
from tests.support import REPOSITORY, ServerProcess

RUNS = 5
SAMPLE_SONG = REPOSITORY / "static" / "sample" / "medley.mp3"

DECODE_ALONE = """
  const file = document.querySelector("#song").files[0];
  const times = [];
  for (let run = 0; run < args[0]; run++) {
    const started = performance.now();
    await new OfflineAudioContext(1, 1, 44100).decodeAudioData(await file.arrayBuffer());
    times.push(performance.now() - started);
  }
  return times;
"""


def milliseconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def decode_alone_ms(page: Page, song: Path) -> list[float]:
    """`decodeAudioData` of the whole song, on a page where nothing else runs."""
    page.driver.get(f"{page.url}/healthz")
    page.driver.execute_script('document.body.innerHTML = "<input type=file id=song>"')
    page.choose(song)
    return list(page.run(DECODE_ALONE, RUNS))


def page_ms(page: Page, song: Path) -> list[dict[str, float]]:
    """The page's own timings of the whole analysis; the first, cold one is left out."""
    page.reload()
    return [page.analyse(song)["timings_ms"] for _ in range(RUNS + 1)][1:]


def predict_ms(url: str, song: Path) -> list[float]:
    """POST /predict, from the first byte sent to the last received; the first one is left out."""
    with httpx.Client(base_url=url, timeout=120) as client:
        files = {"file": song.read_bytes()}
        return [milliseconds(lambda: client.post("/predict", files=files).raise_for_status()) for _ in range(RUNS + 1)][
            1:
        ]


def soundfile_ms(song: Path) -> list[float]:
    """Decoding alone, in Python."""
    return [milliseconds(lambda: soundfile.read(song, dtype="float32")) for _ in range(RUNS + 1)][1:]


def line(what: str, times: list[float], beside: list[float] | None = None) -> str:
    """A row of the table: median, spread and, where there is something to compare with, the ratio of medians."""
    ratio = f"{statistics.median(times) / statistics.median(beside):.2f} x" if beside else ""
    return f"{what:<36} {statistics.median(times):>8.0f} {f'{min(times):.0f}-{max(times):.0f}':>14} {ratio:>8}"


def main(song: Path) -> None:
    """Prints the table for one song."""
    server = ServerProcess()
    with tempfile.TemporaryDirectory() as profile:
        try:
            server.wait_until_ready()
            driver = start_chromium(Path(profile))
            try:
                page = Page(driver, server.url)
                whole = page_ms(page, song)
                browser_alone = decode_alone_ms(page, song)
            finally:
                driver.quit()
            predicted, python_alone = predict_ms(server.url, song), soundfile_ms(song)
        finally:
            server.stop()
    print(f"{song.name}, {soundfile.info(song).duration:.0f} s, {RUNS} warm runs\n")
    print(f"{'':<36} {'median ms':>8} {'range':>14} {'ratio':>8}")
    print(line("Chromium: decodeAudioData alone", browser_alone))
    print(line("Chromium: drop to complete chart", [run["total"] for run in whole], browser_alone))
    for stage in sorted(whole[0].keys() - {"total"}):
        print(line(f"  {stage.replace('_', ' ')}", [run[stage] for run in whole]))
    print(line("Python: soundfile alone", python_alone))
    print(line("Python: POST /predict", predicted, python_alone))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SAMPLE_SONG)
