"""One browser with the page in it: its own analysis beside `decodeAudioData`, first visits, memory and weight.

All times are taken in the page, from the file input's change (the drop) to the page's own event, so that the driver's
time does not count. Milliseconds.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from model.contract import load_contract
from model.windows import window_starts
from server.settings import read_settings
from tests.bench import memory
from tests.bench.songs import Song
from tests.bench.weight import CountingProxy, Weight, each_once, up_to_worker
from tests.page.browser import Page
from tests.page.browsers import Browser

GIVE_UP_S = 1800
GIVE_UP_KEEPING_S = 60
REST_S = 0.3  # between two measurements, for what the first one left to be tidied up

# `bench` watches the main thread from the drop on: long tasks where the browser tells them (those above 50 ms), and
# everywhere the longest gap of a heartbeat, which no task can outlast. A busy machine widens gaps, too.
WATCH = """
window.bench = { file: null, dropped_ms: Infinity, beat_ms: 0, is_beating: false, gap_ms: 0, task_ms: null };
bench.beat = () => {
  const now = performance.now();
  if (now > bench.dropped_ms) bench.gap_ms = Math.max(bench.gap_ms, now - Math.max(bench.beat_ms, bench.dropped_ms));
  bench.beat_ms = now;
  if (bench.is_beating) setTimeout(bench.beat, 4);
};
bench.hear = (tasks) => {
  const ours = tasks.filter((task) => task.startTime + task.duration > bench.dropped_ms);
  bench.task_ms = Math.max(bench.task_ms, ...ours.map((task) => task.duration));
};
if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
  bench.task_ms = 0;
  bench.observer = new PerformanceObserver((list) => bench.hear(list.getEntries()));
  bench.observer.observe({ type: "longtask" });
}
document.addEventListener("change", ({ target }) => {
  if (target.files?.length) Object.assign(bench, { file: target.files[0], dropped_ms: performance.now() });
}, true);
"""

EXPECT = """
const main = document.querySelector("main");
Object.assign(bench, { dropped_ms: Infinity, gap_ms: 0, task_ms: bench.observer ? 0 : null, is_beating: true });
bench.outcome = new Promise((resolve, reject) => {
  const finish = ({ detail }) => {
    const total = performance.now() - bench.dropped_ms;
    setTimeout(() => {
      bench.is_beating = false;
      if (bench.observer) bench.hear(bench.observer.takeRecords());
      const { timings_ms, duration_s } = detail;
      resolve({ total, timings_ms, duration_s, longest_gap: bench.gap_ms, longest_task: bench.task_ms });
    }, 100);
  };
  const check = () => {
    if (main.dataset.state !== "error") return;
    bench.is_beating = false;
    reject(new Error(document.querySelector("#alert").textContent));
  };
  document.addEventListener("genrescope:analysis", finish, { once: true });
  new MutationObserver(check).observe(main, { attributeFilter: ["data-state"] });
});
bench.outcome.catch(() => {});
bench.beat();
"""

DECODE_ALONE = """
const decode = async () => {
  const bytes = await bench.file.arrayBuffer();
  const context = new OfflineAudioContext(1, 1, arguments[0]);
  const started = performance.now();
  await context.decodeAudioData(bytes);
  return { decode: performance.now() - started };
};
bench.outcome = decode();
bench.outcome.catch(() => {});
"""

# Frames a second, of the page at rest and then of the page that plays, from the song's middle on.
FRAMES = """
const N_SECONDS = 4;
const count = () => new Promise((resolve) => {
  let n = -1; // the first one is the start
  let started = 0;
  const next = (now) => {
    started ||= now;
    n += 1;
    if (now - started < N_SECONDS * 1000) requestAnimationFrame(next);
    else resolve((n * 1000) / (now - started));
  };
  requestAnimationFrame(next);
});
const audio = document.querySelector("#audio");
const at_rest = await count();
Object.assign(audio, { muted: true, currentTime: audio.duration / 2 });
await audio.play();
const playing = await count();
audio.pause();
return [at_rest, playing];
"""

N_EXPLAINED = 8
# From the click to what is drawn, of as many seconds of the song as are asked for; the pointer was there before.
WHY = """
const [audio, button, why] = ["#audio", "#why-button", "#why"].map((selector) => document.querySelector(selector));
const drawn = () => new Promise((resolve) => {
  const watch = new MutationObserver(() => {
    if (why.ariaBusy !== "false") return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  });
  watch.observe(why, { attributeFilter: ["aria-busy"] });
});
const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
button.dispatchEvent(new PointerEvent("pointerenter"));
await rest(4000);
const found = [];
for (let n = 0; n < args[0]; n += 1) {
  audio.currentTime = audio.duration * ((n + 0.5) / args[0]);
  await rest(500);
  const begin = performance.now();
  button.click();
  found.push(await drawn() - begin);
}
return found;
"""

# One helper of the page's, which has nothing else to do: the time that it says each window took, summed, run by run.
ONE_THREAD = """
const { fetchContract } = await load("contract.js");
const { INIT, READY, TASK, DONE } = await load("engine/protocol.js");
const contract = await fetchContract(contractUrl);
const { n_mels } = contract.signal_chain;
const address = new URL("static/engine/helper-worker.js", document.baseURI);
const helper = new Worker(address, { type: "module" });
const told = (kind, message) => new Promise((resolve, reject) => {
  helper.onerror = () => reject(new Error(`${address} did not load`));
  helper.onmessage = ({ data }) => (data.kind === kind ? resolve(data) : reject(new Error(JSON.stringify(data))));
  helper.postMessage(message);
});
await told(READY, { kind: INIT, contract, folder: contractUrl, backend: "wasm" });
const windowMs = async () => {
  const log_mel = Float32Array.from({ length: contract.network.window_frames * n_mels }, () => -80 * Math.random());
  const { result } = await told(DONE, { kind: TASK, order: { what: "window", log_mel } });
  return result.timings_ms.inference;
};
const [n_windows, n_runs] = args;
const runs = [];
for (let run = 0; run < n_runs; run += 1) {
  runs.push(0);
  for (let n = 0; n < n_windows; n += 1) runs[run] += await windowMs();
}
helper.terminate();
return runs;
"""

# Drivers give a script a minute or two, songs of an hour take longer; asking now and then would disturb the page.
AWAIT = """
const soon = new Promise((resolve) => setTimeout(resolve, 30000, null));
return await Promise.race([bench.outcome, soon]);
"""


class MeasuredPage:
    """The page, freshly loaded, with a watch on it. Its methods raise PageError with the words of what goes wrong."""

    def __init__(self, driver: WebDriver, url: str) -> None:
        self._page = Page(driver, url)
        driver.execute_script(WATCH)
        self._has_heard = False

    def analyse(self, path: Path) -> dict[str, Any]:
        """From the drop to the complete chart, which is computed: what the browser keeps of songs is not measured."""
        if self._has_heard:
            self.forget()
        self._has_heard = True
        self._page.driver.execute_script(EXPECT)
        self._page.choose(path)
        return self._outcome()

    def forget(self) -> None:
        """No song is kept. A first visit is measured without: there is nothing, and looking would give it time."""
        self._page.forget()

    def decode_alone(self, sample_rate_hz: int) -> float:
        """`decodeAudioData` of the song that was analysed last, at its own rate; reading the file does not count."""
        self._page.driver.execute_script(DECODE_ALONE, sample_rate_hz)
        return float(self._outcome()["decode"])

    def frames_lost_percent(self) -> float:
        """Of the frames a second that the page at rest has, while it plays the song that was analysed last."""
        at_rest, playing = self._page.run(FRAMES)
        return max(0.0, 100 * (1 - float(playing) / float(at_rest)))

    def explained_ms(self, n_seconds: int) -> list[float]:
        """Of the song that was analysed last."""
        return [float(ms) for ms in self._page.run(WHY, n_seconds)]

    def one_thread_ms(self, n_windows: int, n_runs: int) -> list[float]:
        """What the network alone takes for so many windows, one after the other on one thread, run by run."""
        return [float(ms) for ms in self._page.run(ONE_THREAD, n_windows, n_runs)]

    def _outcome(self) -> dict[str, Any]:
        deadline = time.monotonic() + GIVE_UP_S
        while (outcome := self._page.run(AWAIT)) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the page has not finished within {GIVE_UP_S} s")
        return dict(outcome)


def pairs(browser: Browser, url: str, song: Song, n_pairs: int, warm_up: Song) -> dict[str, Any]:
    """Both on the same file right after each other, and which comes first takes turns. Another song warms both up."""
    runs, alone, lost_percent = [], [], []
    with browser.open() as driver:
        page = MeasuredPage(driver, url)
        page.analyse(warm_up.path)
        page.decode_alone(warm_up.sample_rate_hz)
        works = {
            "alone": lambda: alone.append(page.decode_alone(song.sample_rate_hz)),
            "ours": lambda: runs.append(page.analyse(song.path)),
        }
        for n in range(n_pairs):
            for name in sorted(works, reverse=n % 2 == 0):  # the first to come is ours: it brings the file
                time.sleep(REST_S)
                works[name]()
            lost_percent.append(page.frames_lost_percent())
    return {"decode_alone_ms": alone, "frames_lost_percent": lost_percent, **_by_kind(runs)}


def _by_kind(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The same measurements of all runs side by side."""
    stages = sorted({name for run in runs for name in run["timings_ms"]} - {"total", "first_row"})
    return {
        "total_ms": [run["total"] for run in runs],
        "first_row_ms": [run["timings_ms"]["first_row"] for run in runs],
        "longest_task_ms": [run["longest_task"] for run in runs if run["longest_task"] is not None],
        "longest_gap_ms": [run["longest_gap"] for run in runs],
        "stages_ms": {name: [run["timings_ms"][name] for run in runs] for name in stages},
    }


def version(browser: Browser) -> str:
    """As the browser itself says."""
    with browser.open() as driver:
        return str(driver.capabilities["browserVersion"])


def first_visit_ms(browser: Browser, url: str, song: Song) -> float:
    """Drop to first row in a browser that has never seen the page; the drop comes as soon as the page has loaded.

    The page's own clock starts when it has what it needs to begin; the wait for that is added here.
    """
    with browser.open() as driver:
        run = MeasuredPage(driver, url).analyse(song.path)
    return float(run["timings_ms"]["first_row"] + run["total"] - run["timings_ms"]["total"])


def explained_ms(browser: Browser, url: str, song: Song) -> list[float]:
    """Of seconds from all over a song, each asked about once: from the click on "Why?" to what is drawn."""
    with browser.open() as driver:
        page = MeasuredPage(driver, url)
        page.analyse(song.path)
        return page.explained_ms(N_EXPLAINED)


def one_thread_ms(browser: Browser, url: str, song: Song, n_runs: int) -> list[float]:
    """The network alone, of all windows that such a song has."""
    contract = load_contract(read_settings().model)
    n_frames = contract.chain.n_frames(int(song.duration_s * contract.chain.sample_rate_hz))
    with browser.open() as driver:
        return MeasuredPage(driver, url).one_thread_ms(len(window_starts(n_frames, contract.windows)), n_runs)


def memory_mb(browser: Browser, url: str, song: Song) -> dict[str, list[float]]:
    """Idle, and at its highest while a song is analysed, in a fresh browser whose page has loaded all it needs."""
    with browser.open() as driver:
        page = MeasuredPage(driver, url)
        pid = driver.service.process.pid
        idle = memory.idle_mb(pid)
        with memory.PeakMemory(pid) as peak:
            page.analyse(song.path)
    return {"memory_idle_mb": [idle], "memory_peak_mb": [peak.mb], "memory_above_idle_mb": [peak.mb - idle]}


def weights(browser: Browser, url: str, song: Song) -> dict[str, Weight]:
    """Of a first visit up to the first chart, of what is then fetched to work without a network, and of a second visit.

    A browser that keeps no cache fetches a file once for each worker, which no visitor's does: there each file counts
    once, and there is no second visit.
    """
    with CountingProxy(url) as proxy, browser.open() as driver:
        page = MeasuredPage(driver, proxy.url)
        page.analyse(song.path)
        if not browser.keeps_cache:
            return {"first": Weight.of(each_once(proxy.take()))}
        page.forget()  # the second chart is to cost what a chart costs
        _wait_until_kept(driver)
        first, kept = up_to_worker(proxy.take())
        driver.get("about:blank")  # else it would be a reload
        MeasuredPage(driver, proxy.url).analyse(song.path)
        return {"first": Weight.of(first), "offline": Weight.of(kept), "second": Weight.of(proxy.take())}


def _wait_until_kept(driver: WebDriver) -> None:
    """What the page fetches after its first song, to work without a network, belongs to no visit's wait for a chart."""
    is_kept = "return document.querySelector('#works-offline').checkVisibility()"
    WebDriverWait(driver, GIVE_UP_KEEPING_S).until(lambda _: driver.execute_script(is_kept))
