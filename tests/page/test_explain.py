"""static/explain: the page's relevance is that of training/explanation.py, for networks of several kinds."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.contract import Contract, load_contract
from tests.page.browser import Page, PageError, packed
from tests.page.models import contract_of
from tests.support import REPOSITORY
from tests.training.support import toy_log_mel
from training.explanation import Asked, Explainer, frames_of_row, shares_of_row
from training.model_network import network_of_model

# A model in the page's memory, as a visitor brings one.
MODEL = """
const [texts, changes, ...asked] = args;
const { checkContract } = await load("contract.js");
const { Explainer } = await load("explain/explainer.js");
const blob = (text) => new Blob([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]);
const folder = new Map(Object.entries(texts).map(([path, text]) => [path, blob(text)]));
const contract = Object.assign(checkContract(JSON.parse(await folder.get("contract.json").text())), changes);
const explainer = new Explainer(contract, folder);
"""
EXPLAIN = """
const [log_mel, first_frame, row, genre] = asked;
const why = await explainer.explain({ log_mel: unpack(log_mel), first_frame, row, genre });
explainer.end();
return { ...why, relevance: pack(why.relevance) };
"""
FRAMES = """
const { fetchContract } = await load("contract.js");
const { framesOfRow } = await load("explain/row-window.js");
const contract = await fetchContract(contractUrl);
return args[0].map(([row, n_frames]) => Object.values(framesOfRow(contract, row, n_frames)));
"""


def files_of(model: Path) -> dict[str, str]:
    """What the page runs of a model folder."""
    browser_model = load_contract(model).browser_model
    paths = [model / "contract.json", *(model / browser_model).parent.iterdir()]
    return {path.relative_to(model).as_posix(): base64.b64encode(path.read_bytes()).decode() for path in paths}


def explained(
    page: Page, model: Path, log_mel: np.ndarray, first_frame: int, row: int, genre: int, **changes: Any
) -> dict[str, Any]:
    found = page.run(MODEL + EXPLAIN, files_of(model), changes, packed(log_mel), first_frame, row, genre)
    return {**found, "relevance": found["relevance"].reshape(-1, found["n_mels"])}


@cache
def reference(model: Path) -> tuple[Contract, Explainer]:
    """TensorFlow takes seconds to make it ready."""
    contract = load_contract(model)
    return contract, Explainer(network_of_model(contract), contract.rows)


def by_the_reference(
    model: Path, log_mel: np.ndarray, first_frame: int, row: int, genre: int
) -> tuple[np.ndarray, float]:
    """Relevance [frames, n_mels] and probability; frames that fill a window again count for the ones that they are."""
    contract, explainer = reference(model)
    frames = range(first_frame, first_frame + len(log_mel))
    of_song = np.arange(contract.windows.window_frames) % len(log_mel)
    shares = shares_of_row(row, frames, contract)[np.newaxis]
    asked = Asked(log_mel[of_song][np.newaxis], shares, np.array([genre], np.int32))
    relevance = np.zeros_like(log_mel)
    np.add.at(relevance, of_song, explainer.relevance(asked)[0])
    return relevance, float(explainer.probabilities(asked.windows, shares)[0, genre])


def assert_alike(found: np.ndarray, expected: np.ndarray) -> None:
    """The page's weights are rounded to 16 bits, and some cells lie where a slope changes."""
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.999


def assert_as_the_reference(
    page: Page, model: Path, log_mel: np.ndarray, first_frame: int, row: int, genre: int
) -> dict[str, Any]:
    """Gives what the page found."""
    found = explained(page, model, log_mel, first_frame, row, genre)
    relevance, probability = by_the_reference(model, log_mel, first_frame, row, genre)
    assert_alike(found["relevance"], relevance)
    assert found["probability"] == pytest.approx(probability, abs=0.01)
    return found


SHIPPED = REPOSITORY / "model"


@pytest.mark.parametrize(("row", "genre"), [(8, 3), (8, 0), (12, 9)])
def test_the_shipped_networks_relevance(module_page: Page, row: int, genre: int) -> None:
    contract = load_contract(SHIPPED)
    song = toy_log_mel(1, seed=3)
    frames = frames_of_row(row, len(song), contract)
    log_mel = song[frames.start : frames.stop]
    found = assert_as_the_reference(module_page, SHIPPED, log_mel, frames.start, row, genre)
    assert (found["first_frame"], found["n_frames"], found["n_mels"]) == (frames.start, 128, 128)


def test_of_a_network_of_other_layers_and_genres(module_page: Page, toy: Path) -> None:
    assert_as_the_reference(module_page, toy, toy_log_mel(2, seed=1)[:128], 40, 8, 2)


def test_of_a_network_that_hears_several_genres_at_once(module_page: Page, multi_label_model: Path) -> None:
    assert_as_the_reference(module_page, multi_label_model, toy_log_mel(0, seed=1)[:128], 0, 5, 4)


@pytest.mark.parametrize(("n_frames", "row"), [(50, 2), (127, 9), (2, 0)])
def test_a_song_shorter_than_a_window(module_page: Page, toy: Path, n_frames: int, row: int) -> None:
    log_mel = toy_log_mel(1, seed=2)[:n_frames]
    relevance, _ = by_the_reference(toy, log_mel, 0, row, 1)
    assert_alike(explained(module_page, toy, log_mel, 0, row, 1)["relevance"], relevance)


def test_louder_music_is_explained_alike_and_what_nobody_hears_says_nothing(module_page: Page) -> None:
    log_mel = toy_log_mel(1, seed=3)[:128]
    log_mel[:, 100:] = -90  # below what the network hears
    found = explained(module_page, SHIPPED, log_mel, 0, 5, 3)["relevance"]
    louder = explained(module_page, SHIPPED, log_mel + 12, 0, 5, 3)["relevance"]
    np.testing.assert_allclose(louder, found, rtol=0, atol=1e-2 * np.abs(found).max())
    assert np.abs(found[:, 100:]).max() < 1e-3 * np.abs(found).max()


def test_the_window_lies_where_it_does_in_training(module_page: Page) -> None:
    rows = [(row, n) for n in (1, 5, 127, 128, 131, 132, 387, 2885) for row in range(0, n // 12 + 2, 3)]
    contract = load_contract(SHIPPED)
    expected = [[frames.start, frames.stop] for frames in (frames_of_row(row, n, contract) for row, n in rows)]
    assert module_page.run(FRAMES, rows) == expected


def test_a_network_that_cannot_be_traced_back_is_refused_in_words(module_page: Page, toy: Path) -> None:
    log_mel = toy_log_mel(1, seed=3)[:128]
    network = {**contract_of(toy)["network"], "normalisation": {"type": "none"}}
    with pytest.raises(PageError, match=r'unexplainable.*"normalisation"'):
        explained(module_page, toy, log_mel, 0, 5, 1, network=network)
    words = module_page.run(
        'const { SongError } = await load("engine/song-error.js"); const { errorInWords } = await load("messages.js");'
        'return errorInWords(new SongError("unexplainable", { operation: "AvgPool", attribute: "strides" }), "a.mp3");'
    )
    assert "cannot be traced back" in words
    assert words.endswith("(AvgPool: strides).")


OTHER_GRAPHS = """
const { tracedNodes } = await load("explain/traced-network.js");
const [nodes, changes] = args;
return changes.map((change) => {
  try {
    return tracedNodes([...nodes, ...change].map((node) => ({ ...node })), "x", change.at(-1).name).length;
  } catch (error) {
    return [error.code, error.details.operation, error.details.attribute ?? ""];
  }
});
"""


def integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def string(value: str) -> dict[str, Any]:
    return {"s": base64.b64encode(value.encode()).decode()}


def fused(*names: str) -> dict[str, Any]:
    return {"list": {"s": [string(name)["s"] for name in names]}}


CONVOLUTION = {"strides": integers(1, 2, 1, 1), "padding": string("SAME"), "fused_ops": fused("BiasAdd", "Relu6")}
POOL = {"ksize": integers(1, 3, 3, 1), "strides": integers(1, 3, 3, 1), "padding": string("VALID")}
AROUND = {"strides": integers(1, 1, 1, 1), "padding": string("SAME")}
OTHERWISE: list[tuple[str, dict[str, Any]]] = [
    ("dilations", CONVOLUTION | {"dilations": integers(1, 2, 1, 1)}),
    ("data_format", CONVOLUTION | {"data_format": string("NCHW")}),
    ("strides", CONVOLUTION | {"strides": integers(1, 1, 1, 2)}),
    ("padding", CONVOLUTION | {"padding": string("FULL")}),
    ("explicit_paddings", CONVOLUTION | {"explicit_paddings": integers(0, 0, 1, 1, 1, 1, 2, 2)}),
    ("fused_ops", CONVOLUTION | {"fused_ops": fused("BiasAdd", "Elu")}),
    ("fused_ops", CONVOLUTION | {"fused_ops": fused("FusedBatchNorm")}),
    ("strides", POOL | {"strides": integers(1, 2, 2, 1)}),
    ("data_format", POOL | {"data_format": string("NCHW")}),
    ("ksize", POOL | {"ksize": integers(1, 3, 3, 2), "strides": integers(1, 3, 3, 2)}),
    ("ksize", POOL | AROUND | {"ksize": integers(1, 2, 3, 1)}),
    ("strides", POOL | {"padding": string("SAME")}),
]


def test_what_no_rule_follows_is_refused_by_its_name(module_page: Page) -> None:
    """Each would else be traced back as another operation, which nobody would notice."""

    def node(op: str, attr: dict[str, Any], *inputs: str) -> dict[str, Any]:
        return {"name": "end", "op": op, "input": list(inputs or ["x", "c"]), "attr": attr}

    operations = {"_FusedConv2D": CONVOLUTION, "FusedDepthwiseConv2dNative": CONVOLUTION, "AvgPool": POOL}
    fine = [node(op, attr) for op, attr in operations.items()] + [
        node("MaxPool", POOL), node("AvgPool", POOL | AROUND), node("Sub", {}), node("AddV2", {}, "x", "x"),
    ]  # fmt: skip
    refused = [
        (attribute, node("_FusedConv2D" if "fused_ops" in attr else "AvgPool", attr)) for attribute, attr in OTHERWISE
    ]
    refused += [
        ("padding", node("MaxPool", POOL | {"padding": string("SAME")})),
        ("subtrahend", node("Sub", {}, "c", "x")),
    ]
    inner_peak = [{"name": "y", "op": "Relu", "input": ["x"]}, node("Max", {}, "y", "c")]
    graph = [{"name": "x", "op": "Placeholder"}, {"name": "c", "op": "Const"}]
    changes = [[one] for one in fine] + [[one] for _, one in refused] + [inner_peak]
    found = module_page.run(OTHER_GRAPHS, graph, changes)
    assert found[: len(fine)] == [1] * len(fine)
    expected = [["unexplainable", one["op"], attribute] for attribute, one in refused]
    assert found[len(fine) :] == [*expected, ["unexplainable", "Max", ""]]


def test_what_waits_when_it_is_ended_is_told_and_the_next_question_is_answered(module_page: Page, toy: Path) -> None:
    script = """
    const [log_mel] = asked;
    const question = { log_mel: unpack(log_mel), first_frame: 0, row: 5, genre: 1 };
    const unanswered = explainer.explain(question).catch((error) => error.name);
    explainer.end();
    const both = [explainer.explain(question), explainer.explain({ ...question, genre: 2 })];
    const answers = await Promise.all(both);
    explainer.end();
    return { told: await unanswered, frames: answers.map(({ n_frames }) => n_frames) };
    """
    found = module_page.run(MODEL + script, files_of(toy), {}, packed(toy_log_mel(1, seed=3)[:128]))
    assert found == {"told": "AbortError", "frames": [128, 128]}


def test_question_after_question_takes_no_more_memory(module_page: Page) -> None:
    script = """
    const { fetchContract } = await load("contract.js");
    const { TracedNetwork } = await load("explain/traced-network.js");
    const contract = await fetchContract(contractUrl);
    const network = await TracedNetwork.load(contract, contractUrl);
    const { window_frames } = contract.network;
    const n_tensors = [];
    for (let i = 0; i < 3; i += 1) {
      network.trace(new Float32Array(window_frames * contract.signal_chain.n_mels), (logits) => logits);
      n_tensors.push(tf.memory().numTensors);
    }
    return n_tensors;
    """
    before, *after = module_page.run(script)
    assert after == [before, before]
