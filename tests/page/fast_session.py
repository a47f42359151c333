"""A live session of any length, faster than it lasts: blocks as the audio thread sends them, as fast as they are heard.

All but the audio thread is the real thing: the worker, the session, the chart. Each push of sound waits until its rows
are on the page, so that the page has to take as many of them as in as long a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.page.browser import Page
from tests.page.live_sound import listen

# The medley over and over. What the page does with rows, and how long it takes to paint, is noted down.
PREPARE = """
const { Capture } = await load("live/capture.js");
const { LiveSession } = await load("live/session.js");
const { Chart } = await load("ui/chart.js");
const context = new AudioContext();
const response = await fetch("static/sample/medley.mp3");
const music = await context.decodeAudioData(await response.arrayBuffer());
const channels = [0, 1].map((channel) => music.getChannelData(channel));
navigator.mediaDevices.getUserMedia = async () => context.createMediaStreamDestination().stream;
Capture.prototype.start = async function (port) { this.port = window.port = port; };
Capture.prototype.stop = async function () { this.port.postMessage("end"); this.close(); };

const note = { rows_ms: [], paint_ms: [], heard_ms: [], long_ms: [] };
const timed = (owner, name, times) => {
  const method = owner[name];
  owner[name] = function (...given) {
    const started = performance.now();
    const answer = method.apply(this, given);
    note[times].push(performance.now() - started);
    return answer;
  };
};
timed(Chart.prototype, "_paint", "paint_ms");
timed(LiveSession.prototype, "_showRows", "rows_ms");
const { _showRows } = LiveSession.prototype;
let shown = () => {};
LiveSession.prototype._showRows = function (...given) { _showRows.apply(this, given); shown(); };
new PerformanceObserver((list) => note.long_ms.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: "longtask" });

let at = 0; // samples
window.push = async (duration_s) => {
  const started = performance.now();
  const are_shown = new Promise((resolve) => { shown = resolve; });
  const end = at + Math.round(duration_s * music.sampleRate);
  for (; at < end; at += 1024) {
    const from = at % (music.length - 1024);
    const block = channels.map((samples) => samples.slice(from, from + 1024));
    port.postMessage({ channels: block, sample_rate_hz: music.sampleRate }, block.map(({ buffer }) => buffer));
  }
  await are_shown;
  note.heard_ms.push(performance.now() - started);
  await new Promise(requestAnimationFrame);
};
window.noted = () => ({ ...Object.fromEntries(Object.entries(note).map(([name, times]) => [name, times.splice(0)])) });
"""
PUSH = "for (let i = 0; i < args[0]; i += 1) await push(args[1]); return noted();"
FIRST_PUSH_S = 2.0  # less than a second has no rows to wait for


@dataclass
class Noted:
    """Of a stretch of the session, in ms: one number each time.

    heard: from a push of sound to its rows on the page; rows: of that, the main thread's; paint: the chart's frames;
    long: the main thread's tasks of 50 ms and more
    """

    heard: list[float]
    rows: list[float]
    paint: list[float]
    long: list[float]


class FastSession:
    """A session that has begun, and hears what it is given."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.run(PREPARE)
        listen(page)
        page.run(PUSH, 1, FIRST_PUSH_S)

    def hear(self, duration_s: float, push_s: float) -> Noted:
        """Gives it that much sound, in pushes that are shown one by one."""
        noted: dict[str, Any] = {}
        n_left = round(duration_s / push_s)
        while n_left > 0:
            n = min(n_left, 100)  # a script of the driver's has a minute
            for name, times in self._page.run(PUSH, n, push_s).items():
                noted.setdefault(name, []).extend(times)
            n_left -= n
        return Noted(noted["heard_ms"], noted["rows_ms"], noted["paint_ms"], noted["long_ms"])
