"""Parts of a catalogue's output: put into their places whole, and written again with the same songs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from genrescope.catalogue.output import Heard, Output
from genrescope.catalogue.places import place_of
from genrescope.errors import CommandError, SourceError
from genrescope.options import SHIPPED_MODEL
from model.contract import load_contract
from model.song_stream import Analysis

BAD = Heard("bad\n\udce9.mp3", SourceError("not_audio", "This is no song."))


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(place_of(str(tmp_path / "tagged")))


def test_a_shard_is_done_once_its_songs_are_there(output: Output) -> None:
    assert output.done() == set()
    output.commit(12, load_contract(SHIPPED_MODEL), [BAD])
    assert output.done() == {12}
    row = pq.read_table(output.quarantine.path).to_pylist()
    assert row == [
        {
            "path": "bad\n\\xe9.mp3",
            "path_bytes": b"bad\n\xe9.mp3",
            "code": "not_audio",
            "detail": "This is no song.",
        }
    ]
    assert output.quarantined(5) == (1, [{key: row[0][key] for key in ("path", "code", "detail")}])


def test_what_an_attempt_left_that_was_killed_between_its_two_files_is_gone(output: Output) -> None:
    contract = load_contract(SHIPPED_MODEL)
    output.commit(3, contract, [BAD])
    Path(output.songs.path, "part-00000003.parquet").unlink()
    unfinished = Path(output.songs.path, ".genrescope-0123.parquet")
    unfinished.touch()
    assert output.done() == set()
    assert not unfinished.exists()
    output.commit(3, contract, [])
    assert output.quarantined(5) == (0, [])
    assert output.done() == {3}


def test_a_shard_that_is_done_stays_as_it_is(output: Output) -> None:
    """Its worker died after it, say, and the one in its place could not read a song, or could now."""
    contract = load_contract(SHIPPED_MODEL)
    output.commit(3, contract, [BAD])
    before = {path: path.read_bytes() for path in Path(output.place.path).rglob("*.parquet")}
    output.commit(3, contract, [])
    output.commit(3, contract, [Heard("a.mp3", SourceError("unreadable", "The store is away."))])
    assert {path: path.read_bytes() for path in Path(output.place.path).rglob("*.parquet")} == before


def test_several_genres_at_once_are_all_told(output: Output, multi_label_model: Path) -> None:
    contract = load_contract(multi_label_model)
    rows = np.tile(np.linspace(0.0, 0.9, len(contract.genres)), (3, 1))
    output.commit(0, contract, [Heard("a.mp3", Analysis(contract, 2.5, rows, rows, contract.rows.step_s), 7, 10**18)])
    (song,) = pq.read_table(output.songs.path).to_pylist()
    assert (song["genre"], song["genres"]) == ("rock", ["rock", "reggae", "pop", "metal"])
    assert [row["start_s"] for row in song["rows"]] == [0.0, 1.0, 2.0]
    assert song["rows"][2]["probabilities"] == song["probabilities"]
    assert song["modified"] == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    assert pq.read_schema(Path(output.songs.path, "part-00000000.parquet")).metadata[b"genrescope.model"] == b"several"


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}'])
def test_what_is_no_catalogue_of_ours_is_refused(output: Output, text: str) -> None:
    output.about.write(text.encode())
    with pytest.raises(CommandError, match=r"catalogue.json is not as this version of genrescope writes it"):
        output.read_about()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"file/x/catalogue.json cannot be written: Not a directory"):
        Output(place_of(str(tmp_path / "file" / "x"))).write_about({})
