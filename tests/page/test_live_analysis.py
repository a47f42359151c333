"""static/live/live-analysis.js against model/: at any time its rows are those of a file that ends there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.contract import load_contract
from model.features import Float32, LogMelStream
from model.windows import cut_windows, join_windows, row_logits, softmax, verdict_probabilities
from tests.page.browser import Page, PageError, packed
from tests.support import REPOSITORY

CONTRACT = load_contract(REPOSITORY / "model")
CHAIN, LAYOUT, RULE, N_GENRES = CONTRACT.chain, CONTRACT.windows, CONTRACT.rows, len(CONTRACT.genres)
RATE_HZ = CHAIN.sample_rate_hz

# A stand-in for the network whose logits tell which frames it saw, and where in the window.
SCRIPT = """
const [pcm_base64, sizes, preview_at] = args;
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { loadDsp } = await load("signal/dsp.js");
const { LiveAnalysis } = await load("live/live-analysis.js");
const contract = await fetchContract(contractUrl);
const { window_steps, frames_per_step } = contract.network;
const { n_mels, sample_rate_hz } = contract.signal_chain;
const n_genres = contract.genres.length;
let n_windows = 0;
const network = (window) => {
  n_windows += 1;
  return Float32Array.from({ length: window_steps * n_genres }, (_, i) => {
    const step = Math.floor(i / n_genres);
    return window[step * frames_per_step * n_mels] * 0.02 * ((i % n_genres) + 1) + step / 100;
  });
};
const mel_filters = await fetchMelFilters(contract.signal_chain, contractUrl);
const analysis = new LiveAnalysis(contract, { mel_filters, dsp: await loadDsp(), network });
const pcm = unpack(pcm_base64);
const settled = [];
const previews = [];
const sound = [];
for (let at = 0, i = 0; at < pcm.length; i += 1) {
  const block = pcm.slice(at, at + sizes[i % sizes.length]);
  at += block.length;
  settled.push(...analysis.push([block], sample_rate_hz));
  if (!preview_at.includes(i) || !analysis.has_news) continue;
  sound.push(analysis.takeSound());
  previews.push({ n_samples: at, n_settled: settled.length, rows: pack([...settled, ...analysis.preview()].flat()) });
}
const n_settled = settled.length;
const end = analysis.finish();
sound.push(analysis.takeSound(), analysis.takeSound());
const kept = Object.values(analysis._cutter).concat(Object.values(analysis._rows))
  .reduce((sum, value) => sum + (value instanceof Float32Array ? value.length : 0), 0);
const rows = pack([...settled, ...end.rows].flat());
const pictures = sound.map((frames) => pack(frames));
return { rows, verdict: end.verdict, duration_s: analysis.duration_s, previews, n_settled, n_windows, kept, pictures };
"""


def window_logits(windows: Float32) -> Float32:
    """The same stand-in in Python: [windows, frames, mels] to [windows, steps, genres]."""
    seen = windows[:, :: LAYOUT.frames_per_step, 0]
    place = np.arange(LAYOUT.window_steps)[np.newaxis, :, np.newaxis] / 100
    return (seen[:, :, np.newaxis] * 0.02 * np.arange(1, N_GENRES + 1) + place).astype(np.float32)


def file_rows(pcm: Float32, *, is_over: bool) -> Float32:
    """Row logits of a file with these samples; of one that is not over, what is certain of its frames."""
    stream = LogMelStream(CHAIN, CONTRACT.mel_filters(), RATE_HZ)
    frames = [stream.push(pcm[:, np.newaxis])]
    if is_over:
        frames.append(stream.finish())
    log_mel = np.concatenate(frames)
    steps = join_windows(window_logits(cut_windows(log_mel, LAYOUT)), len(log_mel), LAYOUT)
    return row_logits(steps, len(pcm) / RATE_HZ, CHAIN, LAYOUT, RULE)


def noise(duration_s: float) -> Float32:
    """Noise that swells and fades, so that no two seconds are alike."""
    n = int(duration_s * RATE_HZ)
    swell = 0.05 + 0.5 * np.abs(np.sin(np.arange(n) / RATE_HZ))
    return (np.random.default_rng(n).normal(size=n) * 0.2 * swell).astype(np.float32)


def in_page(page: Page, pcm: Float32, sizes: list[int], preview_at: list[int]) -> dict[str, Any]:
    return dict(page.run(SCRIPT, packed(pcm), sizes, preview_at))


@pytest.mark.parametrize("duration_s", [1.0, 3.3, 9.9, 10.1, 20.4, 42.0])
def test_a_session_gives_what_a_file_of_its_sound_gives(module_page: Page, duration_s: float) -> None:
    pcm = noise(duration_s)
    found = in_page(module_page, pcm, [470, 1024, 3], list(range(0, 3000, 7)))
    expected = file_rows(pcm, is_over=True)
    rows = found["rows"].reshape(-1, N_GENRES)
    np.testing.assert_allclose(rows, softmax(expected, RULE.temperature), rtol=0, atol=1e-4)
    shares = verdict_probabilities(expected, RULE)
    np.testing.assert_allclose(list(found["verdict"]["probabilities"].values()), shares, rtol=0, atol=1e-4)
    assert found["duration_s"] == pytest.approx(duration_s, abs=1e-4)


def test_at_any_time_its_rows_are_those_of_a_file_that_ends_there(module_page: Page) -> None:
    pcm = noise(31.0)
    preview_at = [30, 50, 111, 205, 214, 215, 216, 300, 390, 391, 392, 480, 650]
    found = in_page(module_page, pcm, [1024], preview_at)
    assert len(found["previews"]) > 8
    for preview in found["previews"]:
        expected = softmax(file_rows(pcm[: preview["n_samples"]], is_over=False), RULE.temperature)
        np.testing.assert_allclose(preview["rows"].reshape(-1, N_GENRES), expected, rtol=0, atol=1e-4)


def test_settled_rows_stay_and_nothing_is_heard_twice_for_them(module_page: Page) -> None:
    pcm = noise(60.0)
    found = in_page(module_page, pcm, [1024], [800])
    whole, then = (numbers["rows"].reshape(-1, N_GENRES) for numbers in (found, found["previews"][0]))
    n_settled = found["previews"][0]["n_settled"]
    assert n_settled > 20
    np.testing.assert_array_equal(then[:n_settled], whole[:n_settled])
    assert found["n_windows"] <= 60 / 8.6 + 3  # those of a file, and the one preview


def test_memory_does_not_grow_with_the_session(module_page: Page) -> None:
    kept = [in_page(module_page, noise(duration_s), [4096], [])["kept"] for duration_s in (30.0, 120.0)]
    assert kept[1] <= 1.6 * kept[0]
    assert kept[1] < 4 * LAYOUT.window_frames * CHAIN.n_mels


def test_its_frames_are_those_of_the_whole_sound_however_they_are_taken(module_page: Page) -> None:
    pcm = noise(12.3)
    found = in_page(module_page, pcm, [470, 1024, 3], list(range(0, 3000, 7)))
    assert len(found["pictures"]) > 10
    assert found["pictures"][-1].size == 0  # what was taken is not there any more
    frames = np.concatenate(found["pictures"]).reshape(-1, CHAIN.n_mels // 2 + 1)
    stream = LogMelStream(CHAIN, CONTRACT.mel_filters(), RATE_HZ)
    log_mel = np.concatenate([stream.push(pcm[:, np.newaxis]), stream.finish()])
    bands = log_mel.reshape(len(log_mel), -1, 2).max(axis=2)
    np.testing.assert_allclose(frames[:, :-1], np.clip((bands + 72) / 0.5, 0, 255), rtol=0, atol=0.6)
    n, hop = len(log_mel), CHAIN.hop_length
    peaks = np.abs(pcm[: n * hop]).reshape(n, hop).max(axis=1)
    np.testing.assert_allclose(frames[:, -1], np.minimum(255, 255 * peaks), rtol=0, atol=0.6)


def test_less_than_a_genre_takes_is_refused(module_page: Page) -> None:
    with pytest.raises(PageError, match="too-short"):
        in_page(module_page, noise(0.9), [1024], list(range(40)))
