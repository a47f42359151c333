"""The stages of a catalogue's job, without Ray: the numbers of `genrescope tag`, and a reason for what is no song."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genrescope.catalogue.attempts import MOST_DEATHS, Attempts
from genrescope.catalogue.output import Output
from genrescope.catalogue.places import place_of
from genrescope.catalogue.stages import ALL_OF_THEM, Decode, Hear, Plan
from genrescope.errors import SourceError
from genrescope.listener import Listener, limits_for
from genrescope.options import SHIPPED_MODEL
from model.contract import load_contract
from tests.catalogue.songs import MAX_MINUTES, poisoned_files
from tests.support import SONGS

NOT_TEXT = os.fsdecode(b"caf\xe9.wav")
REAL = {
    "jazz.mp3": SONGS / "jazz.mp3",
    "🎸 \"q\" 'q'.opus": SONGS / "formats" / "stereo-48000.opus",
    "a%20b#?.wav": SONGS / "formats" / "mono-8000.wav",
    NOT_TEXT: SONGS / "formats" / "mono-8000.wav",
}
CODES = {
    "text.mp3": "not_audio", "empty.mp3": "not_audio", "cut.flac": "broken_audio", "bomb.flac": "too_long",
    "nowhere.mp3": "unreadable",
}  # fmt: skip


class Stages:
    """Both, told what a job tells them; its Attempts are in this process."""

    def __init__(self, folder: Path) -> None:
        version = load_contract(SHIPPED_MODEL).version
        self.attempts = Attempts()
        output = Output(place_of(str(folder / "out")))
        self.plan = Plan(str(folder / "in"), output, SHIPPED_MODEL, version, limits_for(MAX_MINUTES))
        self.decode, self.hear = Decode(self.plan, self.ask), Hear(self.plan, self.ask)

    def ask(self, method: str, *arguments: str) -> Any:
        return getattr(self.attempts, method)(*arguments)

    def run(self, shard: int, names: list[str]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """What is told of it; and by path what was heard, and what was not."""
        rows = pa.table({"shard": [shard], "names": [[os.fsencode(name) for name in names]]})
        (told,) = self.hear(self.decode(rows)).to_pylist()
        name = f"part-{shard:08}.parquet"
        heard, refused = Path(self.plan.output.songs.path, name), Path(self.plan.output.quarantine.path, name)
        return told, _by_path(heard), _by_path(refused) if refused.exists() else {}


def _by_path(path: Path) -> dict[str, Any]:
    rows = pq.read_table(path).to_pylist()
    found = {os.fsdecode(row["path_bytes"]) if row["path_bytes"] else row["path"]: row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    folder = tmp_path_factory.mktemp("stages")
    poisoned_files(folder / "in")
    for name, song in REAL.items():
        shutil.copy(song, folder / "in" / name)
    return Stages(folder)


def test_the_numbers_are_those_of_the_command_for_one_machine(stages: Stages) -> None:
    told, heard, refused = stages.run(0, [*REAL, *CODES])
    assert {name: row["code"] for name, row in refused.items()} == CODES
    assert heard.keys() == REAL.keys()
    assert (told["n_songs"], told["n_refused"]) == (len(REAL) + len(CODES), len(CODES))
    assert min(told["decode_s"], told["hear_s"]) > 0
    listener = Listener(SHIPPED_MODEL)
    for name, song in REAL.items():
        outcome = listener.hear(song)
        assert not isinstance(outcome, SourceError)
        whole, row = outcome.to_json(), heard[name]
        verdict = whole["verdict"]
        assert (row["genre"], row["unsure"], row["genres"]) == (verdict["genre"], verdict["unsure"], None)
        assert row["duration_s"] == whole["duration_s"]
        assert row["probabilities"] == pytest.approx(verdict["probabilities"], abs=2e-6)
        assert [second["unsure"] for second in row["rows"]] == whole["unsure"]
        assert [second["start_s"] for second in row["rows"]] == [k * whole["step_s"] for k in range(len(row["rows"]))]
        for second, expected in zip(row["rows"], whole["probabilities"], strict=True):
            assert list(second["probabilities"].values()) == pytest.approx(expected, abs=2e-6)
        assert row["size_bytes"] == song.stat().st_size


def test_a_song_that_ends_its_workers_is_tried_no_more(stages: Stages) -> None:
    stages.ask("begin", "hear 1", "first", ALL_OF_THEM)
    for attempt in range(MOST_DEATHS):
        stages.ask("begin", "decode 1", str(attempt), "jazz.mp3")
        stages.ask("begin", "hear 1", str(attempt), ALL_OF_THEM)
        stages.ask("begin", "hear 1", str(attempt), NOT_TEXT)
    told, heard, refused = stages.run(1, list(REAL))
    assert refused.keys() == {"jazz.mp3", NOT_TEXT}
    assert {row["code"] for row in refused.values()} == {"internal_error"}
    assert refused["jazz.mp3"]["detail"] == "The process that was decoding this was ended 3 times."
    assert heard.keys() == REAL.keys() - refused.keys()
    assert told["n_refused"] == 2


def test_a_store_that_gives_nothing_ends_the_job_and_one_song_does_not(stages: Stages) -> None:
    broken = replace(stages.plan, root="s3://bucket")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody is there
        patch.setenv("AWS_ACCESS_KEY_ID", "a")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        decode = Decode(broken, stages.ask)
        rows = pa.table({"shard": [2], "names": [[b"jazz.mp3"]]})
        failed = decode(rows)
        assert failed["failure"][0].as_py().startswith("no song of shard 2 can be read: jazz.mp3: This file cannot be")
        assert stages.hear(failed)["failure"] == failed["failure"]
        assert not Path(stages.plan.output.songs.path, "part-00000002.parquet").exists()
        local = os.fsencode(f"{stages.plan.root}/jazz.mp3")
        assert decode(pa.table({"shard": [2], "names": [[b"jazz.mp3", local]]}))["failure"].null_count == 1


def test_a_file_that_nobody_may_read_does_not_end_the_job_alone_in_its_shard_either(stages: Stages) -> None:
    Path(stages.plan.root, "loop.mp3").symlink_to("loop.mp3")  # root may read all but this
    _, heard, refused = stages.run(4, ["loop.mp3"])
    assert (heard, refused["loop.mp3"]["code"]) == ({}, "unreadable")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_machine_that_lacks_the_songs_says_so_and_refuses_none(
    stages: Stages, tmp_path: Path, is_there: bool
) -> None:
    root = tmp_path / "mount"
    if is_there:  # the place of it, without what is mounted there
        root.mkdir()
    decode = Decode(replace(stages.plan, root=str(root)), stages.ask)
    failed = decode(pa.table({"shard": [5], "names": [[b"jazz.mp3"]]}))
    assert failed["failure"][0].as_py().startswith(f"{root} is not to be read on {os.uname().nodename}, ")
    elsewhere = os.fsencode(f"{stages.plan.root}/nowhere.mp3")
    assert decode(pa.table({"shard": [5], "names": [[elsewhere]]}))["failure"].null_count == 1


def test_a_machine_with_another_model_says_so(stages: Stages) -> None:
    decode = Decode(replace(stages.plan, version="0"), stages.ask)
    failed = decode(pa.table({"shard": [3], "names": [[b"jazz.mp3"]]}))
    assert "give all machines the same model" in failed["failure"][0].as_py()
