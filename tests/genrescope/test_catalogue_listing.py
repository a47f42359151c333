"""The songs of a catalogue: of a folder, of a list, and as shards."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genrescope.catalogue.listing import located, read_shards, root_of, songs_of, write_names
from genrescope.catalogue.places import place_of
from genrescope.errors import CommandError, SourceError

NOT_TEXT = os.fsdecode(b"caf\xe9.wav")


def listed(path: Path, table: pa.Table) -> list[str]:
    pq.write_table(table, path)
    return list(songs_of(place_of(str(path)))[0])


def test_what_a_list_has_twice_comes_once_in_its_order(tmp_path: Path) -> None:
    paths = ["b.mp3", "a.mp3", "s3://bucket/a b.mp3", "b.mp3", "Пикник.mp3", "a.mp3"]
    found = listed(tmp_path / "list.parquet", pa.table({"no": range(6), "path": paths}))
    assert found == ["b.mp3", "a.mp3", "s3://bucket/a b.mp3", "Пикник.mp3"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"file": ["a.mp3"]}), "has no column 'path', but file"),
        (pa.table({"path": ["a.mp3", None]}), "has rows without a path"),
        (pa.table({"path": [1, 2]}), "has rows without a path, or with one that is no text"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, table: pa.Table, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        listed(tmp_path / "list.parquet", table)


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.parquet").write_text("a.mp3\n")
    with pytest.raises(CommandError, match="is no Parquet file that can be read"):
        list(songs_of(place_of(str(tmp_path / "list.parquet")))[0])


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is neither a folder nor a Parquet file"):
        songs_of(place_of(str(tmp_path / "nowhere")))


def test_names_lie_below_the_folder_or_the_list_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    (tmp_path / "list.parquet").touch()
    assert root_of(place_of(str(tmp_path))) == root_of(place_of(str(tmp_path / "list.parquet"))) == str(tmp_path)
    assert str(located("/music", "a/b.mp3")) == "/music/a/b.mp3"
    assert str(located("/music", "/else/b.mp3")) == "/else/b.mp3"
    assert str(located("s3://bucket/music", "a b#?.mp3")) == "s3://bucket/music/a b#?.mp3"
    with pytest.raises(SourceError, match="only those that begin with s3:// or gs://"):
        located("/music", "ftp://there/b.mp3")


def test_shards_have_each_name_once_whatever_their_size(tmp_path: Path) -> None:
    names = [f"{number}.mp3" for number in range(70_000)] + [NOT_TEXT]
    manifest = place_of(str(tmp_path / "out" / "manifest.parquet"))
    assert write_names(manifest, names) == len(names)
    shards = list(read_shards(manifest, 999))
    assert {len(shard) for shard in shards[:-1]} == {999}
    assert [os.fsdecode(name) for shard in shards for name in shard] == names
