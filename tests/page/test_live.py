"""Live sound in the real page: a fake microphone that plays our medley, a tab that plays a tone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver

from tests.page.browser import Page, first_visit
from tests.page.browsers import start_chromium
from tests.page.live_sound import PLAY_TO_PAGE, listen, listen_to_file, stop, wait_for_rows
from tests.page.test_sound_picture import KEEP_SOUND, frames_of
from tests.support import REPOSITORY, SONGS, make_audio

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"
OTHER_TAB = """data:text/html,<title>Other tab</title><script>
const context = new AudioContext();
const tone = context.createOscillator();
tone.connect(context.destination);
tone.start();
</script>"""

# Everything that the tap sends to the worker, noted down on its way.
NOTE_BLOCKS = """
const Channel = MessageChannel;
window.noted = [];
window.MessageChannel = function () {
  const [into, out] = [new Channel(), new Channel()];
  into.port2.onmessage = ({ data }) => {
    if (data.channels) noted.push(data.channels.map((samples) => samples.slice()));
    out.port1.postMessage(data);
  };
  return { port1: into.port1, port2: out.port2 };
};
"""

# The same as a file: float32 WAV at the context's rate. Gives the song to choose, by its bytes in base64.
ANALYSE_NOTED = """
const [rate_hz] = args;
const n_channels = noted[0].length;
const n = noted.reduce((sum, channels) => sum + channels[0].length, 0);
const samples = new Float32Array(n * n_channels);
let at = 0;
for (const channels of noted) {
  for (let i = 0; i < channels[0].length; i += 1) for (const channel of channels) samples[at++] = channel[i];
}
const head = new DataView(new ArrayBuffer(44));
const ascii = (offset, text) => [...text].forEach((c, i) => head.setUint8(offset + i, c.charCodeAt(0)));
ascii(0, "RIFF"); head.setUint32(4, 36 + samples.byteLength, true); ascii(8, "WAVEfmt ");
head.setUint32(16, 16, true); head.setUint16(20, 3, true); head.setUint16(22, n_channels, true);
head.setUint32(24, rate_hz, true); head.setUint32(28, rate_hz * 4 * n_channels, true);
head.setUint16(32, 4 * n_channels, true); head.setUint16(34, 32, true);
ascii(36, "data"); head.setUint32(40, samples.byteLength, true);
const carried = new DataTransfer();
carried.items.add(new File([head, samples], "noted.wav"));
document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
"""


@pytest.fixture(scope="module")
def microphone_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some seconds of our medley, as Chromium's fake microphone wants them."""
    sound = tmp_path_factory.mktemp("sound") / "microphone.wav"
    cut = ["-ss", "11", "-t", "30", "-i", MEDLEY, "-ar", "48000", sound]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *cut], check=True, timeout=60)
    return sound


@pytest.fixture(scope="module")
def listening_chromium(microphone_sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = start_chromium(
        tmp_path_factory.mktemp("listening"),
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone_sound}%noloop",
        "--auto-select-tab-capture-source-by-title=Other tab",
    )
    yield driver
    driver.quit()


@pytest.fixture
def live_page(listening_chromium: webdriver.Chrome, server_url: str) -> Iterator[Page]:
    """The page in a browser that has a microphone, which it may use."""
    permit(listening_chromium, "granted")
    page = first_visit(listening_chromium, server_url)
    page.console()
    yield page
    # Chromium says that the camera is not allowed whenever a screen is shared; nobody asked for the camera.
    complaints = [line for line in page.console() if line.startswith("SEVERE") and "camera is not allowed" not in line]
    assert not complaints, "\n".join(complaints)


def permit(driver: webdriver.Chrome, setting: str) -> None:
    driver.execute_cdp_cmd("Browser.setPermission", {"permission": {"name": "microphone"}, "setting": setting})


def test_a_session_is_what_a_file_of_the_same_sound_is(live_page: Page, microphone_sound: Path) -> None:
    page = live_page
    page.run(NOTE_BLOCKS + KEEP_SOUND)
    listen(page)
    wait_for_rows(page, 12)
    assert page.find("#live").is_displayed()
    assert not page.find("#not-playable").is_displayed()
    assert page.text("#live-status") == "Listening to the microphone"
    assert page.text("#live-time").startswith("0:")
    assert float(page.find("#live-level").get_attribute("aria-valuenow") or "") > -50
    assert page.find("#title").text.startswith("Microphone, ")
    assert page.text("#readout .time") != "0:00"  # it follows what is heard
    live = stop(page)
    assert not page.find("#live").is_displayed()
    assert not page.find("#live-download").is_displayed()
    assert page.driver.execute_script("return states") == ["loading", "analysing", "done"]
    seen = frames_of(page)

    rate_hz = page.run("const context = new AudioContext(); return context.sampleRate")
    page.run(ANALYSE_NOTED, rate_hz)
    page.wait_for("analyses.length === 2")
    file = page.driver.execute_script("return analyses[1]")
    assert live.keys() == file.keys()
    assert live["duration_s"] == pytest.approx(file["duration_s"], abs=1e-5)
    np.testing.assert_allclose(live["probabilities"], file["probabilities"], rtol=0, atol=1e-5)
    assert (live["unsure"], live["verdict"]["genre"]) == (file["unsure"], file["verdict"]["genre"])  # type: ignore[index]

    assert seen.shape == frames_of(page).shape
    np.testing.assert_allclose(seen, frames_of(page), rtol=0, atol=1)  # where a block ends, a last bit may differ

    original = page.analyse(microphone_sound)
    played = np.argmax(live["probabilities"], axis=1)  # type: ignore[arg-type]
    meant = np.argmax(original["probabilities"], axis=1)[: len(played)]
    assert np.mean(played == meant) > 0.6  # the fake microphone may begin late, and stutters on a busy machine


def test_the_sound_is_kept_for_whoever_asks(live_page: Page, tmp_path: Path) -> None:
    page = live_page
    downloads = {"behavior": "allow", "downloadPath": str(tmp_path)}
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)  # type: ignore[attr-defined]
    page.find("#keep-sound").click()
    listen(page)
    wait_for_rows(page, 4)
    duration_s = stop(page)["duration_s"]
    page.find("#live-download").click()
    while not (found := list(tmp_path.glob("Microphone, *.webm"))):
        time.sleep(0.05)
    assert found[0].stat().st_size > 5000
    page.wait_for("Number.isFinite(document.querySelector('audio').duration)")
    audio = "document.querySelector('audio')"
    assert page.driver.execute_script(f"return {audio}.duration") == pytest.approx(duration_s, abs=0.6)
    page.run(f"{audio}.currentTime = 2; await {audio}.play()")
    page.wait_for(f"{audio}.currentTime > 2.3")
    assert page.find("#audio").is_displayed()


def test_a_refused_microphone_is_said_plainly_and_the_chart_stays(live_page: Page) -> None:
    page = live_page
    page.analyse(SONGS / "metal.mp3")
    permit(page.driver, "denied")  # type: ignore[arg-type]
    page.find("#listen-microphone").click()
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert").startswith("Microphone: This page may not hear it. Allow the microphone")
    assert page.text("#title") == "metal"
    assert page.find("#plot").is_displayed()
    assert not page.find("#live").is_displayed()
    assert page.driver.execute_script("return document.activeElement.id") in ("listen-microphone", "")


def test_a_tab_is_heard_until_it_is_closed(live_page: Page) -> None:
    page, driver = live_page, live_page.driver
    own = driver.current_window_handle
    driver.switch_to.new_window("tab")
    other = driver.current_window_handle
    driver.get(OTHER_TAB)
    driver.switch_to.window(own)
    listen(page, "tab")
    wait_for_rows(page, 2)
    page.wait_for("Number(document.querySelector('#live-level').getAttribute('aria-valuenow')) > -30")
    driver.switch_to.window(other)
    driver.close()
    driver.switch_to.window(own)
    page.wait_for("analyses.length === 1")
    assert page.state == "done"
    assert "The sharing ended after 0:" in page.text("#live-note")
    assert page.text("#title").startswith("Tab, ")


def test_a_microphone_that_is_unplugged_keeps_what_was_heard(page: Page, tmp_path: Path) -> None:
    listen_to_file(page, make_audio(tmp_path / "sound.wav", source="sine=440:duration=4"))
    page.wait_for("analyses.length === 1")
    assert "The microphone was disconnected after 0:" in page.text("#live-note")
    assert page.state == "done"


def test_music_is_heard_as_it_is_and_silence_is_noticed(page: Page) -> None:
    page.run(PLAY_TO_PAGE)
    listen(page)
    audio = page.driver.execute_script("return wanted.audio")
    assert (audio["echoCancellation"], audio["noiseSuppression"], audio["autoGainControl"]) == (False, False, False)
    page.wait_for("document.querySelector('#live-note').textContent.startsWith('Only silence so far.')")
    page.run("const tone = context.createOscillator(); tone.connect(played); tone.start();")
    page.wait_for("document.querySelector('#live-note').textContent === ''")
    page.analyse(SONGS / "metal.mp3")  # another song ends the session, and lets the microphone go
    assert page.text("#title") == "metal"
    assert not page.find("#live").is_displayed()
    page.wait_for("played.stream.getTracks()[0].readyState === 'ended'")
    assert page.driver.execute_script("return analyses.length") == 1


def test_leaving_the_page_while_it_listens_is_asked_about(page: Page) -> None:
    asks = "const event = new Event('beforeunload', { cancelable: true }); return !dispatchEvent(event);"
    page.run(PLAY_TO_PAGE)
    listen(page)
    assert page.driver.execute_script(asks)
    wait_for_rows(page, 2)
    stop(page)
    assert not page.driver.execute_script(asks)


NOTE_ROWS = """
const { SongView } = await load("ui/song-view.js");
const { setRows } = SongView.prototype;
SongView.prototype.setRows = function (rows, ...rest) {
  shown.push({ at_ms: performance.now(), last: rows[rows.length - 1] });
  setRows.call(this, rows, ...rest);
};
const response = await fetch("static/sample/medley.mp3");
const buffer = await context.decodeAudioData(await response.arrayBuffer());
window.music = new AudioBufferSourceNode(context, { buffer });
music.connect(played);
"""

# From silence to music: how long until the newest row differs from all that silence gave.
START_MUSIC = """
const started_ms = performance.now();
const quiet = (genre) => shown.filter(({ at_ms }) => at_ms < started_ms).map(({ last }) => last[genre]);
music.start(0, 30);
const differs = (share, genre) =>
  share > Math.max(...quiet(genre)) + 0.03 || share < Math.min(...quiet(genre)) - 0.03;
const far = ({ at_ms, last }) => at_ms > started_ms && last.some(differs);
while (!shown.some(far)) await new Promise((resolve) => setTimeout(resolve, 5));
return shown.find(far).at_ms - started_ms;
"""


def delay_ms(page: Page) -> float:
    """Of a session of its own: from the music's start to the first row that is of music."""
    page.reload()
    page.run(PLAY_TO_PAGE + NOTE_ROWS)
    listen(page)
    page.wait_for("shown.length > 8")
    delay_ms = float(page.run(START_MUSIC))
    stop(page)
    return delay_ms


def test_sound_reaches_the_chart_soon(page: Page) -> None:
    """A step takes 326 ms to be heard, and is to be on the chart within 500 ms after that.

    A machine that is busy with other things may miss that now and then, one that is not never does: the best of three.
    """
    delays_ms: list[float] = []
    while len(delays_ms) < 3 and min(delays_ms, default=np.inf) >= 826:
        delays_ms.append(delay_ms(page))
    print(f"sound to chart: {delays_ms} ms")
    assert min(delays_ms) < 826
