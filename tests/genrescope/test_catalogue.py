"""`genrescope tag --ray`: from and to a real S3 server on an embedded Ray, killed and gone on with; and refusals."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.fs as fs
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from genrescope.__main__ import main
from genrescope.catalogue import command
from genrescope.catalogue.output import Output
from genrescope.catalogue.places import place_of
from tests.catalogue.processes import Job
from tests.catalogue.songs import MAX_MINUTES, poisoned_files
from tests.support import SONGS

NAMES = ("a.wav", "deep/er/x%20y#?.WAV", "Пикник 🎸 \"q\" 'q'.wav", "b.wav", "c.wav", "-rf.wav", "=1+1.wav", "z.wav")
CODES = {"text.mp3": "not_audio", "empty.mp3": "not_audio", "cut.flac": "broken_audio", "bomb.flac": "too_long"}
TWO_AT_A_TIME = ("--shard-songs", "2", "--ray", "local", "--max-minutes", str(MAX_MINUTES))


@pytest.fixture(scope="module")
def bucket() -> Iterator[tuple[dict[str, str], fs.S3FileSystem]]:
    """The environment that leads to it, and a way into it: s3://bucket."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    way = fs.S3FileSystem(
        access_key="a", secret_key="b", endpoint_override=environment["AWS_ENDPOINT_URL"], allow_bucket_creation=True  # noqa: S106
    )  # fmt: skip
    way.create_dir("bucket")
    yield environment, way
    server.stop()


def _put(way: fs.S3FileSystem, path: str, content: bytes) -> None:
    with way.open_output_stream(path) as stream:
        stream.write(content)


def _names(way: fs.S3FileSystem, folder: str) -> list[str]:
    """Of its files."""
    found = way.get_file_info(fs.FileSelector(folder, allow_not_found=True))
    return sorted(info.base_name for info in found if info.type == fs.FileType.File)


@pytest.mark.timeout(600)  # Ray's processes are many: on a machine that is busy, each of two starts takes minutes
def test_from_store_to_store_killed_and_gone_on_with(
    bucket: tuple[dict[str, str], fs.S3FileSystem], tmp_path: Path
) -> None:
    environment, way = bucket
    song = (SONGS / "formats" / "mono-8000.wav").read_bytes()
    for name in (*NAMES, ".hidden.wav", "notes.txt"):
        _put(way, f"bucket/in/{name}", song)
    for path in poisoned_files(tmp_path / "poisons").values():
        _put(way, f"bucket/in/{path.name}", path.read_bytes())
    arguments = (*TWO_AT_A_TIME, "s3://bucket/in", "s3://bucket/out")
    first = Job(*arguments, **environment)
    try:
        assert first.until(lambda: bool(_names(way, "bucket/out/songs")), every_s=0.2), first.said()
        assert first.kill(with_all_below=True) == []
    finally:
        first.close()
    before = _names(way, "bucket/out/songs")
    second = Job(*arguments, **environment)
    try:
        code, said = second.end(400)
    finally:
        second.close()
    assert code == 1, said
    n_shards = (len(NAMES) + len(CODES)) // 2
    assert f"12 songs, {12 - 2 * len(before)} of them heard now, {len(CODES)} of them could not be heard" in said
    assert "text.mp3: not_audio: This is not an audio file" in said
    assert "songs an hour" in said
    assert "Traceback" not in said
    assert "Warning" not in said
    heard = pq.read_table("bucket/out/songs", filesystem=way)
    assert sorted(heard["path"].to_pylist()) == sorted(NAMES)
    assert len(set(map(str, heard["rows"].to_pylist()))) == 1
    refused = pq.read_table("bucket/out/quarantine", filesystem=way).to_pylist()
    assert {row["path"]: row["code"] for row in refused} == CODES
    assert _names(way, "bucket/out/songs") == [f"part-{shard:08}.parquet" for shard in range(n_shards)]


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["tag", "--ray", "local", "in", "out"]) == 2
    assert capsys.readouterr().err == (
        "genrescope: --ray needs ray, which is not installed. Please run:  make setup-scale\n"
    )


@pytest.fixture
def begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The output of an empty folder: begun, and done without Ray."""
    (tmp_path / "in").mkdir()
    assert main(["tag", "--ray", "local", str(tmp_path / "in"), str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"0 songs, 0 of them heard now: {tmp_path}/out\n"
    return tmp_path


def test_what_another_model_heard_is_refused(
    begun: Path, multi_label_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [str(begun / "in"), str(begun / "out")]
    assert main(["tag", "--ray", "local", "--model", str(multi_label_model), *places]) == 2
    assert "has what another model heard, genrescope-gtzan " in capsys.readouterr().err


def test_another_input_is_refused(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(pa.table({"path": ["a.mp3"]}), begun / "list.parquet")
    assert main(["tag", "--ray", "local", str(begun / "list.parquet"), str(begun / "out")]) == 2
    assert f"is of the songs of {begun}/in: choose another OUTPUT for" in capsys.readouterr().err


def test_a_list_that_would_be_written_over_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(pa.table({"path": ["a.mp3"]}), tmp_path / "manifest.parquet")
    assert main(["tag", "--ray", "local", str(tmp_path / "manifest.parquet"), str(tmp_path)]) == 2
    assert "manifest.parquet is what the job itself writes" in capsys.readouterr().err
    assert pq.read_table(tmp_path / "manifest.parquet")["path"].to_pylist() == ["a.mp3"]


def test_what_is_left_out_of_the_problems_is_counted(
    begun: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Folders that cannot be looked into are among them."""
    output = Output(place_of(str(begun / "out")))
    output.write_about((output.read_about() or {}) | {"unreadable_folders": {"a": "No.", "b": "No.", "c": "No."}})
    monkeypatch.setattr(command, "MOST_TOLD", 2)
    assert main(["tag", "--ray", "local", str(begun / "in"), str(begun / "out")]) == 1
    said = capsys.readouterr().err
    assert "a: unreadable: No.\nb: unreadable: No.\n... and 1 more: all are in " in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{}/nowhere", "{}/out"], "nowhere is neither a folder nor a Parquet file"),
        (["ftp://there/x", "{}/out"], "only those that begin with s3:// or gs://"),
        (["s3://", "{}/out"], "names no bucket"),
        (["{}", "{}/song.wav/x"], "cannot be written: Not a directory"),
        (["{}", "{}/out", "--model", "{}"], "contract.json does not exist"),
        (["{}", "{}/out", "--ray", "127.0.0.1:9"], "there is no Ray at '127.0.0.1:9' that can be used"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "song.wav").write_bytes((SONGS / "formats" / "mono-8000.wav").read_bytes())
    assert main(["tag", "--ray", "local", *(each.format(tmp_path) for each in arguments)]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True), err
    assert "Traceback" not in err
