"""`python -m training filters`: real songs through a small network of our own, and what is written about them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import soundfile

from model.audio import open_audio
from model.contract import WindowLayout, load_contract
from model.features import Array, LogMelStream
from tests.support import REPOSITORY, make_audio
from tests.training.support import busy_network
from training.__main__ import main
from training.strongest import read_progress

SHIPPED = REPOSITORY / "model"
SONGS = REPOSITORY / "tests/songs"
COUNT = 2


def model_folder(folder: Path, network: keras.Model) -> Path:
    """A folder with the shipped model's signal chain, and what `filters` needs of another network."""
    shipped = load_contract(SHIPPED)
    folder.mkdir()
    shutil.copy(shipped.folder / shipped.mel_filters_path, folder / "mel_filters.f32")
    (folder / "model.json").write_text("{}")
    network.save(folder / "network.keras")
    files = {path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in folder.iterdir()}
    contract = {key: value for key, value in shipped.raw.items() if key not in ("golden", "units")}
    contract |= {"browser_model": "model.json", "keras_model": "network.keras", "files": files, "version": "toy"}
    contract["signal_chain"] = contract["signal_chain"] | {"mel_filters": "mel_filters.f32"}
    (folder / "contract.json").write_text(json.dumps(contract))
    return folder


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, and music of two genres and none with two files that cannot be heard."""
    folder = tmp_path_factory.mktemp("filters")
    model_folder(folder / "model", busy_network("cnn", n_genres=10))
    for genre, name in (("blues", "blues"), ("metal & more", "metal")):
        (folder / "music" / genre).mkdir(parents=True)
        shutil.copy(SONGS / f"{name}.mp3", folder / "music" / genre / f"{name}.mp3")
    make_audio(folder / "music/stereo <1>.flac", "-ac", "2", "-ar", "48000", source="anoisesrc=d=7:seed=1")
    (folder / "music/blues/broken.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(100))
    make_audio(folder / "music/blues/short.wav", source="sine=440:duration=0.5")
    return folder


def filters(folder: Path, *words: object, out: str = "out") -> int:
    where = (folder / "music", "--model", folder / "model", "--count", COUNT, "--out", folder / out)
    return main(["filters", *map(str, (*where, *words))])


@pytest.fixture(scope="module")
def heard(workplace: Path) -> Path:
    assert filters(workplace) == 0
    return workplace / "out"


@pytest.fixture(scope="module")
def index(heard: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((heard / "index.json").read_text(encoding="utf-8"))
    return found


def song_of(workplace: Path, name: str) -> tuple[Array, int, Array]:
    """PCM [n, channels], its rate, and log_mel."""
    contract = load_contract(SHIPPED)
    with open_audio(workplace / "music" / name) as audio:
        blocks = list(audio)
        log_mel = LogMelStream(contract.chain, contract.mel_filters(), audio.sample_rate_hz).whole(blocks)
        return np.concatenate(blocks), audio.sample_rate_hz, log_mel


def test_every_channel_of_every_convolution_is_told(index: dict[str, Any], workplace: Path) -> None:
    network = keras.models.load_model(workplace / "model/network.keras", compile=False)
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer["name"] for layer in index["layers"]] == [layer.name for layer in convolutions]
    assert [len(layer["channels"]) for layer in index["layers"]] == [layer.filters for layer in convolutions]
    assert index["model"] == {"name": "genrescope-gtzan", "version": "toy"}
    assert set(index["skipped"]) == {"blues/broken.mp3", "blues/short.wav"}
    fields = [layer["receptive_field"] for layer in index["layers"]]
    assert [field["frames"] for field in fields] == [3, 5, 10, 14, 24, 32, 32]
    assert fields[0] | {"duration_s": 0} == {
        "frames": 3, "duration_s": 0, "bands": 3, "all_bands": False, "is_context": False,
    }  # fmt: skip
    assert fields[-1]["bands"] == 128


def test_excerpts_are_of_different_songs_strongest_first(index: dict[str, Any]) -> None:
    for layer in index["layers"]:
        for channel in layer["channels"]:
            excerpts = channel["excerpts"]
            assert len({each["song"] for each in excerpts}) == len(excerpts) <= COUNT
            activations = [each["activation"] for each in excerpts]
            assert activations == sorted(activations, reverse=True)
            genres = [each["genre"] for each in excerpts if each["genre"]]
            assert channel["genres"] == {genre: genres.count(genre) for genre in channel["genres"]}
            assert sum(channel["genres"].values()) == len(genres)
    assert len(excerpts_of(index)) > 300
    found = {(each["song"], each["genre"]) for each in excerpts_of(index)}
    assert found == {
        ("blues/blues.mp3", "blues"),
        ("metal & more/metal.mp3", "metal & more"),
        ("stereo <1>.flac", None),
    }


def excerpts_of(index: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for layer in index["layers"] for channel in layer["channels"] for each in channel["excerpts"]]


def test_no_place_of_any_song_is_stronger_and_the_field_says_where_it_is(
    index: dict[str, Any], workplace: Path
) -> None:
    """The maxima of the whole songs' windows, computed plainly, one layer for itself."""
    network = keras.models.load_model(workplace / "model/network.keras", compile=False)
    layer = index["layers"][2]
    output = network.get_layer(layer["watched_at"]).output
    alone, layout = keras.Model(network.input, output), WindowLayout()
    best: dict[str, Array] = {}
    for name in ("blues/blues.mp3", "metal & more/metal.mp3", "stereo <1>.flac"):
        _, _, log_mel = song_of(workplace, name)
        margin = 16  # frames: so far do the network's convolutions reach
        n_whole = len(log_mel) // layout.frames_per_step * layout.frames_per_step
        maxima, done = [], 0
        starts = [*range(0, n_whole - 127, 128 - 2 * margin), n_whole - 128] if n_whole >= 128 else [0]
        for start in dict.fromkeys(starts):
            window = log_mel[(start + np.arange(128)) % len(log_mel)]
            end = n_whole if start == starts[-1] or start + 128 >= n_whole else start + 128 - margin
            activation = keras.ops.convert_to_numpy(alone(window[np.newaxis]))[0]
            maxima.append(activation[(done - start) // 2 : (end - start) // 2].max(axis=(0, 1)))  # 2 frames a place
            done = end
        best[name] = np.max(maxima, axis=0)
    for number, channel in enumerate(layer["channels"]):
        expected = sorted((float(activation[number]) for activation in best.values()), reverse=True)[:COUNT]
        expected = [activation for activation in expected if activation > 0]
        found = [each["activation"] for each in channel["excerpts"]]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
        for each in channel["excerpts"]:
            np.testing.assert_allclose(each["activation"], best[each["song"]][number], rtol=1e-3, atol=1e-4)
            assert each["frames"][1] - each["frames"][0] + 1 <= layer["receptive_field"]["frames"]
            assert each["bands"][1] - each["bands"][0] + 1 <= layer["receptive_field"]["bands"]


def test_what_lies_outside_of_an_excerpt_does_not_move_its_channel(index: dict[str, Any], workplace: Path) -> None:
    """Position and field together: a window of nothing but the excerpt's cells, at the level that it was heard at."""
    network = keras.models.load_model(workplace / "model/network.keras", compile=False)
    layer = index["layers"][3]
    number, each = next(
        (channel["channel"], each)
        for channel in layer["channels"]
        for each in channel["excerpts"]
        if each["song"] == "metal & more/metal.mp3" and 40 < each["frames"][0] < 70
    )
    _, _, log_mel = song_of(workplace, each["song"])
    window = log_mel[:128]
    (first, last), (low, high) = each["frames"], each["bands"]
    alone = np.full_like(window, -200.0)
    alone[first : last + 1, low : high + 1] = window[first : last + 1, low : high + 1]
    loudest = np.unravel_index(window.argmax(), window.shape)
    alone[loudest] = window.max()  # the level
    watched = keras.Model(network.input, network.get_layer(layer["watched_at"]).output)
    maximum = keras.ops.convert_to_numpy(watched(alone[np.newaxis]))[0, ..., number]
    assert np.isclose(maximum, each["activation"], rtol=1e-3, atol=1e-4).any()


def test_files_are_the_songs_own_sound_at_that_place(index: dict[str, Any], heard: Path, workplace: Path) -> None:
    seen = set()
    for each in excerpts_of(index):
        if each["song"] in seen or each["start_s"] == 0:
            continue
        seen.add(each["song"])
        samples, rate_hz, _ = song_of(workplace, each["song"])
        cut, found_hz = soundfile.read(heard / each["file"], always_2d=True, dtype="float32")
        start = round(each["frames"][0] * 1711 * rate_hz / 22_050)
        end = min(round((each["frames"][1] * 1711 + 2048) * rate_hz / 22_050), len(samples))
        assert found_hz == rate_hz
        assert cut.shape == (end - start, samples.shape[1])
        assert abs(each["start_s"] - start / rate_hz) < 1e-3
        assert abs(each["end_s"] - end / rate_hz) < 1e-3
        inside = slice(100, -100)  # without the fades
        np.testing.assert_allclose(cut[inside], np.clip(samples[start:end], -1, 1)[inside], atol=2**-14)
    assert len(seen) == 3


def test_every_excerpt_has_a_file_and_a_mean(index: dict[str, Any], heard: Path) -> None:
    files = {each["file"] for each in excerpts_of(index)}
    assert {path.relative_to(heard).as_posix() for path in heard.rglob("*.flac")} == files
    with np.load(heard / index["mean_log_mels"]) as means:
        for layer in index["layers"]:
            field = layer["receptive_field"]
            assert means[layer["name"]].shape == (len(layer["channels"]), field["frames"], field["bands"])
            has_any = means[layer["name"]].any(axis=(1, 2))
            assert has_any.tolist() == [bool(channel["excerpts"]) for channel in layer["channels"]]


def test_a_second_call_changes_nothing(index: dict[str, Any], heard: Path, workplace: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in heard.rglob("*.flac")}
    assert filters(workplace) == 0
    assert json.loads((heard / "index.json").read_text(encoding="utf-8")) == index
    assert {path: path.stat().st_mtime_ns for path in heard.rglob("*.flac")} == before


def test_a_call_that_is_killed_goes_on_and_finds_the_same(index: dict[str, Any], heard: Path, workplace: Path) -> None:
    """Killed by the kernel after its second song, of which it has kept the first."""
    script = (
        "import os, signal, sys\n"
        "from training import listening\n"
        "from training.__main__ import main\n"
        "kept = []\n"
        "def keep(*given):\n"
        "    write(*given)\n"
        "    kept.append(given)\n"
        "    if len(kept) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write, listening.write_progress, listening.SAVE_EVERY_S = listening.write_progress, keep, 0.0\n"
        "main(sys.argv[1:])\n"
    )
    where = (workplace / "music", "--model", workplace / "model", "--count", COUNT, "--out", workplace / "killed")
    done = subprocess.run(
        [sys.executable, "-c", script, "filters", *map(str, where)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (workplace / "killed/index.json").exists()
    _, told = read_progress(workplace / "killed/strongest.npz") or (None, {})
    assert told["n_done"] == 2
    assert filters(workplace, out="killed") == 0
    assert json.loads((workplace / "killed/index.json").read_text(encoding="utf-8")) == index
    for path in heard.rglob("*.flac"):
        assert (workplace / "killed" / path.relative_to(heard)).read_bytes() == path.read_bytes()


def test_links_cut_nothing(index: dict[str, Any], workplace: Path) -> None:
    assert filters(workplace, "--link", out="linked") == 0
    written = {"index.json", "index.html", "mean_log_mels.npz", "strongest.npz"}
    assert {path.name for path in (workplace / "linked").iterdir()} == written
    linked = json.loads((workplace / "linked/index.json").read_text(encoding="utf-8"))
    assert excerpts_of(linked) == [
        {key: value for key, value in each.items() if key != "file"} for each in excerpts_of(index)
    ]  # fmt: skip


def test_the_shipped_network_says_what_its_own_bands_mostly_hear(workplace: Path) -> None:
    words = ("--model", SHIPPED, "--layers", "features.0.0", "features.4.block.2.*", "--link")
    assert filters(workplace, *words, out="shipped") == 0
    index = json.loads((workplace / "shipped/index.json").read_text(encoding="utf-8"))
    assert [layer["name"].rsplit(".", 1)[1] for layer in index["layers"]] == ["0", "fc1", "fc2"]
    assert [layer["receptive_field"]["is_context"] for layer in index["layers"]] == [False, True, True]
    assert [layer["receptive_field"]["frames"] for layer in index["layers"]] == [3, 45, 45]
    first_layer = excerpts_of({"layers": index["layers"][:1]})
    assert {tuple(each["bands"]) for each in first_layer} == {(0, 127)}
    mainly = [(each["mainly_low_hz"], each["mainly_high_hz"]) for each in first_layer if "mainly_low_hz" in each]
    assert len(mainly) > 5
    assert all(0 <= low_hz < high_hz < 11_025 for low_hz, high_hz in mainly)


@pytest.mark.parametrize(
    ("words", "out", "told"),
    [
        (("--count", 0), "new", "--count is 0, must be 1 to 100"),
        (("--layers", "dense"), "new", "no convolution is called dense: there are conv0"),
        ((), "music/out", "must lie apart: choose another --out"),
        ((), "model", "holds something else: choose another --out"),
        ((), "model/contract.json", "is a file: choose another --out"),
        ((), "model/contract.json/out", "model/contract.json/out: Not a directory"),
        (("--layers", "conv0"), "out", "out was begun with another layers: choose another --out, or delete it"),
        (("--link",), "out", "holds excerpts that were cut: delete its audio/, or choose another --out"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("heard")
def test_what_does_not_fit_is_refused(
    words: tuple[object, ...], out: str, told: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert filters(workplace, *words, out=out) == 1
    assert told in capsys.readouterr().err
    assert not (workplace / "new").exists()


def test_music_of_which_nothing_can_be_heard_is_refused(
    workplace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "music").mkdir()
    shutil.copy(workplace / "music/blues/broken.mp3", tmp_path / "music")
    (tmp_path / "model").symlink_to(workplace / "model")
    assert filters(tmp_path) == 1
    assert "none of the 1 songs can be heard: broken.mp3: " in capsys.readouterr().err
