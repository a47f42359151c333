"""static/network/windows.js and rows.js against model/windows.py, for songs of many lengths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.contract import Bounds, RowRule, WindowLayout, load_contract, rows_to_json
from model.features import SignalChain
from model.song_stream import Analysis
from model.windows import (
    cut_windows,
    is_unsure,
    join_windows,
    n_steps,
    row_logits,
    row_probabilities,
    softmax,
    verdict_probabilities,
    verdict_rows,
)
from tests.page.browser import Page, packed
from tests.support import REPOSITORY

LAYOUT, CHAIN = WindowLayout(), SignalChain()
RULE = RowRule(temperature=1.3, verdict_temperature=0.8)
SEVERAL = replace(RULE, activation="sigmoid", thresholds=(0.5, 0.6, 0.8, 0.9), verdict_thresholds=(0.4, 0.5, 0.75, 0.9))
SHORT = {"short_verdict_temperature": 2.5, "short_verdict_below_s": 30.0}
LESS_SURE, LESS_SURE_OF_SEVERAL = replace(RULE, **SHORT), replace(SEVERAL, **SHORT, step_s=0.4)
N_MELS, N_GENRES = 3, 4
CONTRACT = {
    "genres": ["a", "b", "c", "d"],
    "signal_chain": {"sample_rate_hz": CHAIN.sample_rate_hz, "hop_length": CHAIN.hop_length, "n_fft": CHAIN.n_fft},
    "network": {"window_frames": 128, "window_stride_frames": 112, "frames_per_step": 4, "window_steps": 32},
    "rows": {"step_s": 1.0, "context_s": 3.0, "temperature": 1.3, "verdict_temperature": 0.8},
}

# A stand-in for the network whose logits tell which frames it saw, and where in the window.
SCRIPT = """
const [log_mel_base64, n_mels, contract, sizes, n_at_once, duration_s] = args;
const { StepJoiner, WindowCutter } = await load("network/windows.js");
const { RowStream } = await load("network/rows.js");
const { window_steps, frames_per_step } = contract.network;
const n_genres = contract.genres.length;
const network = (window) => Float32Array.from({ length: window_steps * n_genres }, (_, i) => {
  const step = Math.floor(i / n_genres);
  return window[step * frames_per_step * n_mels] * ((i % n_genres) + 1) + step / 100;
});
const cutter = new WindowCutter(contract.network, n_mels);
const joiner = new StepJoiner(n_genres);
const rows = new RowStream(contract);
const log_mel = unpack(log_mel_base64);
const logits = [];
const probabilities = [];
const give = (block) => {
  logits.push(...block);
  probabilities.push(...rows.push(block));
};
// Several windows are under way at once, and the last to be sent is the first to be answered.
const under_way = [];
const answer = (n) => {
  while (under_way.length > n) {
    const window = under_way.pop();
    give(joiner.add(window, network(window.log_mel)));
  }
};
const send = (windows) => {
  under_way.push(...windows);
  if (under_way.length >= n_at_once) answer(0);
};
for (let at = 0, i = 0; at < log_mel.length; i += 1) {
  const size = sizes[i % sizes.length] * n_mels;
  send(cutter.push(log_mel.slice(at, at + size)));
  at += size;
}
const early = probabilities.length;
send(cutter.finish());
answer(0);
give(joiner.finish(cutter.n_steps));
const last = rows.finish(duration_s);
probabilities.push(...last.rows);
return { logits: pack(logits), probabilities: pack(probabilities.flat()), verdict: last.verdict, early };
"""


def window_logits(windows: np.ndarray) -> np.ndarray:
    """The same stand-in in Python: [windows, frames, mels] to [windows, steps, genres]."""
    seen = windows[:, :: LAYOUT.frames_per_step, 0]
    place = np.arange(LAYOUT.window_steps)[np.newaxis, :, np.newaxis] / 100
    return (seen[:, :, np.newaxis] * np.arange(1, N_GENRES + 1) + place).astype(np.float32)


def in_page(
    page: Page, log_mel: np.ndarray, duration_s: float, n_at_once: int = 1, rule: RowRule = RULE
) -> dict[str, Any]:
    sizes = (7, 1, 130)
    contract = CONTRACT | {"rows": rows_to_json(rule)}
    return dict(page.run(SCRIPT, packed(log_mel), N_MELS, contract, sizes, n_at_once, duration_s))


LENGTHS = [1, 3, 4, 5, 127, 128, 129, 131, 132, 223, 224, 225, 320, 2885]
LENGTHS += [int(n) for n in np.random.default_rng(7).integers(1, 1500, 12)]


@pytest.mark.parametrize("n_frames", LENGTHS)
@pytest.mark.parametrize(
    ("n_at_once", "rule"),
    [(1, RULE), (3, LESS_SURE), (1, LESS_SURE_OF_SEVERAL)],
    ids=["1", "3, less sure of short songs", "several genres, the same"],
)
def test_any_length_gives_the_servers_steps_rows_and_verdict(
    shared_module_page: Page, n_frames: int, n_at_once: int, rule: RowRule
) -> None:
    log_mel = np.random.default_rng(n_frames).normal(size=(n_frames, N_MELS)).astype(np.float32)
    duration_s = (n_frames * CHAIN.hop_length + CHAIN.n_fft) / CHAIN.sample_rate_hz
    found = in_page(shared_module_page, log_mel, duration_s, n_at_once, rule)

    steps = join_windows(window_logits(cut_windows(log_mel, LAYOUT)), n_frames, LAYOUT)
    assert len(steps) == n_steps(n_frames, LAYOUT)
    np.testing.assert_allclose(found["logits"].reshape(-1, N_GENRES), steps, rtol=0, atol=1e-6)
    rows = row_logits(steps, duration_s, CHAIN, LAYOUT, rule)
    probabilities = row_probabilities(rows, rule)
    np.testing.assert_allclose(found["probabilities"].reshape(-1, N_GENRES), probabilities, rtol=0, atol=1e-5)
    shares = verdict_probabilities(rows, rule)
    np.testing.assert_allclose(list(found["verdict"]["probabilities"].values()), shares, rtol=0, atol=1e-5)
    assert found["verdict"]["genre"] == CONTRACT["genres"][int(np.argmax(shares))]


def test_rows_are_known_long_before_the_song_ends(shared_module_page: Page) -> None:
    log_mel = np.random.default_rng(0).normal(size=(1290, N_MELS)).astype(np.float32)  # 100 s
    assert in_page(shared_module_page, log_mel, 100.2)["early"] >= 85


def test_a_song_longer_than_its_last_frame_repeats_the_nearest_step(shared_module_page: Page) -> None:
    log_mel = np.random.default_rng(0).normal(size=(8, N_MELS)).astype(np.float32)
    rows = in_page(shared_module_page, log_mel, 9.5)["probabilities"].reshape(-1, N_GENRES)
    assert len(rows) == 10
    np.testing.assert_array_equal(rows[-1], rows[-2])


@pytest.mark.parametrize("unsure_below", [0, 0.25, 0.35, 0.4, 1, (0.25, 0.6, 0.35, 1)])
def test_the_same_rows_are_unsure_as_on_the_server(shared_module_page: Page, unsure_below: Bounds) -> None:
    rows = np.round(np.random.default_rng(3).dirichlet([2] * N_GENRES, 50), 6)
    rows[:4] = [[0.25] * 4, [0.35, 0.35, 0.2, 0.1], [0.349999, 0.3, 0.25, 0.100001], [0, 0, 0, 1]]
    script = 'const { isUnsure } = await load("network/rows.js"); return args[0].map((row) => isUnsure(row, args[1]));'
    assert shared_module_page.run(script, rows.tolist(), unsure_below) == is_unsure(rows, unsure_below).tolist()


@pytest.mark.parametrize("logits", [[0, 1e-8, -0.4, -0.5], [1e-8, 0, -0.4, -0.5], [0, 0, 0, 0], [0, 0.2, 0.5, -1]])
@pytest.mark.parametrize("unsure_below", [0.25, 0.3, 0.4])
def test_genres_that_rounding_makes_equal_get_the_servers_verdict(
    shared_module_page: Page, logits: list[float], unsure_below: float
) -> None:
    genres = CONTRACT["genres"]
    rule = replace(RULE, verdict_unsure_below=unsure_below)
    contract = replace(load_contract(REPOSITORY / "model"), genres=tuple(genres), rows=rule)
    rows = np.array([logits], np.float32)
    told = Analysis(contract, 1.0, softmax(rows), verdict_rows(rows, rule), rule.step_s).to_json()["verdict"]
    script = """
      const { RowStream, toldVerdict } = await load("network/rows.js");
      const [contract, logits, verdict_unsure_below] = args;
      Object.assign(contract.rows, { verdict_unsure_below });
      const rows = new RowStream(contract);
      rows.push(Float32Array.from(logits));
      return toldVerdict(rows.finish(1).verdict, contract);
    """
    assert shared_module_page.run(script, CONTRACT, logits, unsure_below) == told
    assert told["genre"] == genres[int(np.argmax(logits))]
    assert told["unsure"] == (told["confidence"] < unsure_below)


SEVERAL_LOGITS = [
    [0.5, 3, 2, -1],  # two are heard, the second more than the first
    [-1, -2, 1, 2],  # none is heard, though the last one is likeliest
    [2.4, 2.4 + 3e-7, 2.4, 2.4],  # rounding makes equals of neighbours
    [-30, -40, -50, -60],
    [30, 40, 50, 60],
]
assert np.float32(SEVERAL_LOGITS[2][1]) > np.float32(SEVERAL_LOGITS[2][0])  # else there is nothing to be told apart


@pytest.mark.parametrize("logits", SEVERAL_LOGITS)
def test_of_several_genres_the_same_are_heard_as_on_the_server(shared_module_page: Page, logits: list[float]) -> None:
    genres = tuple(CONTRACT["genres"])
    contract = replace(load_contract(REPOSITORY / "model"), genres=genres, rows=SEVERAL)
    rows = np.array([logits], np.float32)
    analysis = Analysis(contract, 1.0, row_probabilities(rows, SEVERAL), verdict_rows(rows, SEVERAL), 1.0)
    told = analysis.to_json()
    script = """
      const { RowStream, boundsOf, isUnsure, labelling, toldVerdict } = await load("network/rows.js");
      const { roundedAll } = await load("rounded.js");
      const [contract, logits] = args;
      const rows = new RowStream(contract);
      rows.push(Float32Array.from(logits));
      const end = rows.finish(1);
      const [row] = end.rows.map(roundedAll);
      const unsure = isUnsure(row, boundsOf(contract.rows));
      return { row, unsure, ...labelling(contract.rows), verdict: toldVerdict(end.verdict, contract) };
    """
    found = shared_module_page.run(script, CONTRACT | {"rows": rows_to_json(SEVERAL)}, logits)
    assert found["row"] == pytest.approx(told["probabilities"][0], abs=1e-6)
    assert found["verdict"]["probabilities"] == pytest.approx(told["verdict"].pop("probabilities"), abs=1e-6)
    assert found["verdict"] == {**told["verdict"], "confidence": pytest.approx(told["verdict"]["confidence"], abs=1e-6),
                                "probabilities": found["verdict"]["probabilities"]}  # fmt: skip
    assert ([found["unsure"]], found["thresholds"]) == (told["unsure"], told["thresholds"])
    shares = verdict_probabilities(rows, SEVERAL)
    heard = [
        genre for genre in np.argsort(-shares, kind="stable") if shares[genre] >= SEVERAL.verdict_thresholds[genre]
    ]
    assert told["verdict"]["genres"] == [genres[genre] for genre in heard]
    assert told["verdict"]["unsure"] is (not heard)
    assert told["verdict"]["genre"] == genres[heard[0] if heard else int(np.argmax(shares))]
