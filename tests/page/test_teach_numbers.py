"""static/teach: the last layer that the page fits is scikit-learn's, and what is said of it follows from the songs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.features import Array, Float32
from model.windows import softmax
from tests.page.browser import Page, PageError, packed
from training.head import INVERSE_REGULARISATION

N_CHANNELS, N_STRETCHES = 40, 3

SCRIPT = """
const [songs_base64, stretches_base64, targets, n_genres, n_channels, n_stretches] = args;
const { teach } = await load("teach/leave-one-out.js");
const { calibrate } = await load("teach/calibration.js");
const { figuresOf } = await load("teach/figures.js");
const rows = (numbers) => Array.from({ length: numbers.length / n_channels },
  (_, i) => numbers.subarray(i * n_channels, (i + 1) * n_channels));
const [means, stretches] = [rows(unpack(songs_base64)), rows(unpack(stretches_base64))];
const songs = means.map((mean, i) => ({ mean, stretches: stretches.slice(i * n_stretches, (i + 1) * n_stretches) }));
const { head, judged } = teach({ songs, targets, n_genres });
const rule = calibrate(judged, n_genres);
const figures = figuresOf(judged, n_genres, rule.verdict_temperature);
return { kernel: pack(head.kernel), bias: pack(head.bias), rule, figures,
  judged: pack(judged.flatMap(({ stretches }) => stretches.flatMap((logits) => [...logits]))) };
"""


def songs_of(n_genres: int, a_genre: int, seed: int = 0) -> tuple[Float32, Float32, Array]:
    """Embeddings that overlap, unequal genres: means [n, channels], stretches [n, stretches, channels], genres [n]."""
    random = np.random.default_rng(seed)
    genres = np.repeat(np.arange(n_genres), a_genre)[1:]
    centres = random.normal(0, 0.4, (n_genres, N_CHANNELS))
    stretches = centres[genres][:, np.newaxis] + random.normal(0, 1, (len(genres), N_STRETCHES, N_CHANNELS))
    stretches[..., 5] = 0  # a channel that says nothing
    stretches = (stretches * random.uniform(0.1, 10, N_CHANNELS)).astype(np.float32)
    return stretches.mean(axis=1), stretches, genres


def reference(songs: Array, genres: Array) -> Any:
    """As training/head.py has it, but to more digits."""
    regression = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=10_000, tol=1e-8)
    return make_pipeline(StandardScaler(), regression).fit(songs, genres)


def taught(page: Page, songs: Float32, stretches: Float32, genres: Array) -> dict[str, Any]:
    n_genres = int(genres.max()) + 1
    return dict(page.run(SCRIPT, packed(songs), packed(stretches), genres.tolist(), n_genres, N_CHANNELS, N_STRETCHES))


@pytest.mark.parametrize(("n_genres", "a_genre"), [(2, 4), (5, 6)])
def test_the_layer_is_scikit_learns(module_page: Page, n_genres: int, a_genre: int) -> None:
    songs, stretches, genres = songs_of(n_genres, a_genre)
    found = taught(module_page, songs, stretches, genres)
    logits = songs @ found["kernel"].reshape(N_CHANNELS, n_genres) + found["bias"]
    np.testing.assert_allclose(softmax(logits), reference(songs, genres).predict_proba(songs), atol=1e-3)

    judged = found["judged"].reshape(len(genres), N_STRETCHES, n_genres)
    of_genre = [np.flatnonzero(genres == genre) for genre in range(n_genres)]
    for song in range(0, len(genres), 3):
        left_out = [song if genres[song] == genre else own[song % len(own)] for genre, own in enumerate(of_genre)]
        others = np.setdiff1d(np.arange(len(genres)), left_out)
        expected = reference(songs[others], genres[others]).predict_proba(stretches[song])
        np.testing.assert_allclose(softmax(judged[song]), expected, atol=2e-3)


def test_songs_that_tell_nothing_are_heard_rightly_by_chance(module_page: Page) -> None:
    shares = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        stretches = random.normal(0, 1, (10, N_STRETCHES, N_CHANNELS)).astype(np.float32)
        found = taught(module_page, stretches.mean(axis=1), stretches, np.repeat([0, 1], 5))
        shares.append(found["figures"]["n_right"] / 10)
    assert np.mean(shares) == pytest.approx(0.5, abs=0.1)


def test_many_songs_are_judged_in_groups_without_their_share_of_every_genre(module_page: Page) -> None:
    songs, stretches, genres = songs_of(3, 40, seed=1)
    found = taught(module_page, songs, stretches, genres)
    assert (found["figures"]["n_songs"], found["figures"]["n_groups"]) == (119, 50)
    judged = found["judged"].reshape(len(genres), N_STRETCHES, 3)
    others = ~np.isin(np.arange(119), [0, 50, 100])  # in the first group one of each genre
    expected = reference(songs[others], genres[others]).predict_proba(stretches[50])
    np.testing.assert_allclose(softmax(judged[50]), expected, atol=2e-3)


def test_the_figures_and_the_temperatures_follow_from_songs_that_it_was_not_taught_by(module_page: Page) -> None:
    songs, stretches, genres = songs_of(4, 7)
    found = taught(module_page, songs, stretches, genres)
    judged = found["judged"].reshape(len(genres), N_STRETCHES, 4).astype(float)
    rule, figures = found["rule"], found["figures"]
    heard = softmax(judged, rule["verdict_temperature"]).mean(axis=1).argmax(axis=1)
    confusion = np.zeros((4, 4), int)
    np.add.at(confusion, (genres, heard), 1)
    assert figures["confusion"] == confusion.tolist()
    n_right = int((heard == genres).sum())
    assert 0 < n_right < len(genres)
    interval = binomtest(n_right, len(genres)).proportion_ci(method="wilson")
    np.testing.assert_allclose(figures["interval"], [interval.low, interval.high], atol=1e-6)

    sure = (len(genres) + 1) / (len(genres) + 4)
    wanted = np.full((len(genres), 1, 4), (1 - sure) / 3)
    wanted[np.arange(len(genres)), 0, genres] = sure

    def loss(log_temperature: float) -> float:
        return float(-(wanted * np.log(softmax(judged, np.exp(log_temperature)))).sum())

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-6})
    assert rule["temperature"] == pytest.approx(np.exp(best.x), rel=1e-3)


def test_what_is_rightly_heard_is_rarely_unsure_and_what_is_not_taught_often(module_page: Page) -> None:
    songs, stretches, genres = songs_of(3, 40, seed=1)
    found = taught(module_page, songs, stretches, genres)
    rule = found["rule"]
    rows = softmax(found["judged"].reshape(len(genres), N_STRETCHES, 3).astype(float), rule["temperature"])
    right = rows.argmax(axis=2) == genres[:, np.newaxis]
    lost = (rows.max(axis=2)[right] < rule["unsure_below"]).mean()
    assert 0.07 < lost < 0.11
    assert 1 / 3 < rule["unsure_below"] < 1


def test_few_songs_that_are_all_heard_rightly_are_no_certainty(module_page: Page) -> None:
    random = np.random.default_rng(0)
    genres = np.repeat([0, 1], 2)
    stretches = (np.eye(2)[genres] * 50)[:, np.newaxis].repeat(N_STRETCHES, 1) @ np.ones((2, N_CHANNELS)) * 0
    stretches = stretches + np.where(genres, 1, -1)[:, np.newaxis, np.newaxis] * np.linspace(1, 2, N_CHANNELS)
    stretches = (stretches + random.normal(0, 0.01, stretches.shape)).astype(np.float32)
    found = taught(module_page, stretches.mean(axis=1), stretches, genres)
    assert found["figures"]["n_right"] == 4
    top = softmax(found["judged"].reshape(4, N_STRETCHES, 2).astype(float), found["rule"]["temperature"]).max(axis=2)
    np.testing.assert_allclose(top.mean(), 5 / 6, atol=0.05)


GRAPH = """
const { findHead, withHead } = await load("teach/head-graph.js");
const [op, taps] = args;
const node = (name, kind, ...input) => ({ name, op: kind, input, attr: {} });
const last = node("b", op, "a", "b/0", "b/1");
last.attr = { fused_ops: { list: { s: [btoa("BiasAdd")] } } };
return findHead({
  signature: { outputs: { logits: { name: "c:0" } } },
  modelTopology: { node: [node("a", "Placeholder"), last, node("c", "Reshape", "b", "c/0")] },
  weightsManifest: [{ paths: [], weights: [{ name: "b/0", shape: [taps, 1, 7, 3], dtype: "float32" }] }],
});
"""


def test_the_last_layer_is_known_by_what_it_is(module_page: Page) -> None:
    place = module_page.run(GRAPH, "_FusedConv2D", 1)
    assert place == {"embedding": "a", "kernel": "b/0", "bias": "b/1", "shapes": ["c/0"], "n_channels": 7}
    with pytest.raises(PageError, match="NoHead: it ends with Softmax"):
        module_page.run(GRAPH, "Softmax", 1)
    with pytest.raises(PageError, match="NoHead: its last convolution is 3 × 1 × 7 × 3"):
        module_page.run(GRAPH, "_FusedConv2D", 3)


def test_of_long_songs_stretches_are_kept_that_lie_evenly(module_page: Page) -> None:
    script = """
    const { EmbeddingStream } = await load("network/embedding.js");
    const contract = { signal_chain: { hop_length: 1711, sample_rate_hz: 22050 }, network: { frames_per_step: 4 },
      rows: { context_s: 3 }, genres: ["a", "b"] };
    const stream = new EmbeddingStream(contract);
    for (let step = 0; step < args[0]; step += 1) stream.push(Float32Array.of(step, 1));
    const { mean, stretches } = stream.finish();
    return { mean: pack(mean), stretches: stretches.map(pack) };
    """
    short = module_page.run(script, 4)
    assert [stretch[0] for stretch in short["stretches"]] == [1.5]
    long = module_page.run(script, 1000)  # a hundred stretches of ten steps
    assert long["mean"].tolist() == [499.5, 1]
    assert [stretch[0] for stretch in long["stretches"]] == [4.5 + 80 * i for i in range(13)]
