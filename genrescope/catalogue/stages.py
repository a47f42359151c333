"""The two stages of a catalogue's job, each with workers of its own: a shard's songs to log-mels, and those to genres.

A worker takes a shard as one row, and gives one: Ray Data moves rows, and never parts of one. Why the job cannot go on
is a row's `failure`: exceptions lose their words on the way.
"""

from __future__ import annotations

import os
import resource
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from genrescope.catalogue.attempts import MOST_DEATHS
from genrescope.catalogue.fetch import song_file
from genrescope.catalogue.listing import check_reach, located
from genrescope.catalogue.output import Heard, Output
from genrescope.catalogue.places import StoreError
from genrescope.errors import CommandError, SourceError
from genrescope.listener import CRASHED, Result, checked_contract, result_or_reason
from model.audio import AudioLimits, open_audio
from model.contract import Contract, ContractError
from model.features import Float32, LogMelStream
from model.song_stream import Analysis, check_length

SOUNDS = pa.schema(
    [
        ("name", pa.binary()),
        ("size_bytes", pa.int64()),
        ("modified_ns", pa.int64()),
        ("duration_s", pa.float64()),
        ("log_mel", pa.large_binary()),  # float32 [frames, n_mels]; null where there is a code
        ("code", pa.string()),
        ("detail", pa.string()),
    ]
)
ALL_OF_THEM = ""  # in place of a song's name
FAILURES = (CommandError, ContractError)  # nothing goes on after these


@dataclass(frozen=True)
class Plan:
    """What all workers are told. version: the model's, which theirs must have, too."""

    root: str
    output: Output
    model: Path
    version: str
    limits: AudioLimits

    def contract(self) -> Contract:
        """Of this machine's copy of the model. Raises CommandError, also where there is no ffmpeg."""
        contract = checked_contract(self.model)
        if contract.version != self.version:
            raise CommandError(
                f"{self.model} is version {contract.version} on {os.uname().nodename}, and {self.version} where the "
                "job was begun: give all machines the same model"
            )
        return contract


@dataclass
class Sound:
    """A song on its way: its log-mel [frames, n_mels], or why there is none."""

    name: str
    size_bytes: int | None = None
    modified_ns: int | None = None
    duration_s: float = 0.0
    log_mel: Float32 | None = None
    problem: SourceError | None = None

    def heard(self, outcome: Analysis | SourceError) -> Heard:
        """As it is written down."""
        return Heard(self.name, outcome, self.size_bytes, self.modified_ns)


@dataclass
class Marks:
    """A worker's notes in the job's Attempts about one shard. ask: calls one of their methods, and waits."""

    ask: Callable[..., int]
    key: str
    attempt: str = field(default_factory=lambda: uuid.uuid4().hex)

    def begin(self, song: str) -> int:
        """How many attempts have died on this song, or on all of them together."""
        return self.ask("begin", self.key, self.attempt, song)

    def finish(self) -> None:
        """All songs are through."""
        self.ask("finish", self.key)


class Decode:
    """Songs to log-mels, one after another, each decoded by a process of its own with the usual bounds."""

    def __init__(self, plan: Plan, ask: Callable[..., int]) -> None:
        self._plan, self._ask = plan, ask
        self._contract = kept(plan.contract)

    def __call__(self, rows: pa.Table) -> pa.Table:
        """`shard` and its songs' `names`, to `shard`, `sounds`, `decode_s` (seconds of a core) and `failure`."""
        shard, names = rows["shard"][0].as_py(), rows["names"][0].as_py()
        packed, failure = None, None
        with core_seconds() as spent:
            try:
                packed = pack(self._sounds(shard, [os.fsdecode(name) for name in names]))
            except FAILURES as error:
                failure = str(error)
        sounds = pa.array([packed], pa.large_binary())
        return pa.table(
            {"shard": [shard], "sounds": sounds, "decode_s": spent, "failure": pa.array([failure], pa.string())}
        )

    def _sounds(self, shard: int, names: Sequence[str]) -> list[Sound]:
        marks = Marks(self._ask, f"decode {shard}")
        contract = self._contract()  # raises outside of what a song may cost
        sounds = [self._sound(name, marks, contract) for name in names]
        if any(sound.problem and sound.problem.code == "unreadable" for sound in sounds):
            check_reach(self._plan.root, names)
        if all(isinstance(sound.problem, StoreError) for sound in sounds):
            raise CommandError(f"no song of shard {shard} can be read: {sounds[0].name}: {sounds[0].problem}")
        marks.finish()
        return sounds

    def _sound(self, name: str, marks: Marks, contract: Contract) -> Sound:
        sound = Sound(name)
        if (n_deaths := marks.begin(name)) >= MOST_DEATHS:
            sound.problem = killer("decoding", n_deaths)
            return sound
        outcome = result_or_reason(lambda: self._fill(sound, contract))
        sound.problem = outcome if isinstance(outcome, SourceError) else None
        return sound

    def _fill(self, sound: Sound, contract: Contract) -> None:
        with song_file(located(self._plan.root, sound.name)) as file:
            sound.size_bytes, sound.modified_ns = file.size_bytes, file.modified_ns
            with open_audio(file.path, self._plan.limits) as audio:
                stream = LogMelStream(contract.chain, contract.mel_filters(), audio.sample_rate_hz)
                log_mel = stream.whole(audio.mono())
        check_length(stream.duration_s, len(log_mel), contract)
        sound.duration_s, sound.log_mel = stream.duration_s, log_mel


class Hear:
    """Log-mels to genres, the windows of a shard's songs in one stream, and those into the shard's part."""

    def __init__(self, plan: Plan, ask: Callable[..., int]) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from model.predictor import Predictor

        self.plan, self._ask = plan, ask
        self._predictor = kept(lambda: Predictor(plan.contract(), n_threads=1))

    def __call__(self, rows: pa.Table) -> pa.Table:
        """What `Decode` gives, to what was done: numbers, and `failure`. The shard is done where that is null."""
        shard, failure = rows["shard"][0].as_py(), rows["failure"][0].as_py()
        sounds: list[Sound] = []
        n_refused = 0
        with core_seconds() as spent:
            try:
                if failure is None:
                    sounds = unpack(rows["sounds"][0].as_buffer(), self._predictor().contract.chain.n_mels)
                    n_refused = self._commit(shard, sounds)
            except FAILURES as error:
                failure = str(error)
        return pa.table(
            {
                "shard": [shard],
                "n_songs": [len(sounds)],
                "n_refused": [n_refused],
                "audio_s": [sum(sound.duration_s for sound in sounds)],
                "n_bytes": [sum(sound.size_bytes or 0 for sound in sounds)],
                "decode_s": rows["decode_s"],
                "hear_s": spent,
                "failure": pa.array([failure], pa.string()),
            }
        )

    def _commit(self, shard: int, sounds: Sequence[Sound]) -> int:
        """How many of the songs are quarantined."""
        marks = Marks(self._ask, f"hear {shard}")
        songs = [sound.heard(outcome) for sound, outcome in self._outcomes(sounds, marks)]
        self.plan.output.commit(shard, self._predictor().contract, songs)
        marks.finish()
        return sum(isinstance(song.outcome, SourceError) for song in songs)

    def _outcomes(self, sounds: Sequence[Sound], marks: Marks) -> Iterator[tuple[Sound, Analysis | SourceError]]:
        yield from ((sound, sound.problem) for sound in sounds if sound.problem)
        ready = [sound for sound in sounds if not sound.problem]
        if not marks.begin(ALL_OF_THEM):
            outcomes = result_or_reason(lambda: self._analyses(ready))
            if not isinstance(outcomes, SourceError):
                yield from zip(ready, outcomes, strict=True)
                return
        for sound in ready:  # together they ended this worker's forerunner, or failed: which one?
            yield sound, self._alone(sound, marks)

    def _alone(self, sound: Sound, marks: Marks) -> Analysis | SourceError:
        if (n_deaths := marks.begin(sound.name)) >= MOST_DEATHS:
            return killer("hearing", n_deaths)
        return result_or_reason(lambda: self._analyses([sound])[0])

    def _analyses(self, sounds: Iterable[Sound]) -> list[Analysis]:
        return self._predictor().analyses(
            [(sound.log_mel, sound.duration_s) for sound in sounds if sound.log_mel is not None]
        )


def kept(work: Callable[[], Result]) -> Callable[[], Result]:
    """Done now; what came of it is given, or raised, whenever it is asked for."""
    future: Future[Result] = Future()
    try:
        future.set_result(work())
    except FAILURES as error:
        future.set_exception(error)
    return future.result


def killer(work: str, n_deaths: int) -> SourceError:
    """Of a song that is not tried again."""
    return SourceError(CRASHED, f"The process that was {work} this was ended {n_deaths} times.")


@contextmanager
def core_seconds() -> Iterator[list[float]]:
    """Time of a core of this process and its ended children, as a list of one number from the end on."""
    spent: list[float] = []
    before = _core_s()
    yield spent
    spent.append(_core_s() - before)


def _core_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def pack(sounds: Sequence[Sound]) -> bytes:
    """As an Arrow stream: one value of a row."""
    rows = [
        {
            "name": os.fsencode(sound.name),
            "size_bytes": sound.size_bytes,
            "modified_ns": sound.modified_ns,
            "duration_s": sound.duration_s,
            "log_mel": None if sound.log_mel is None else sound.log_mel.tobytes(),
            "code": sound.problem and sound.problem.code,
            "detail": sound.problem and str(sound.problem),
        }
        for sound in sounds
    ]
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, SOUNDS) as writer:
        writer.write_table(pa.Table.from_pylist(rows, SOUNDS))
    return bytes(stream.getvalue())


def unpack(packed: pa.Buffer, n_mels: int) -> list[Sound]:
    """The log-mels are views into it."""
    with pa.ipc.open_stream(packed) as reader:
        batches = list(reader)
    return [
        Sound(
            os.fsdecode(batch["name"][place].as_py()),
            batch["size_bytes"][place].as_py(),
            batch["modified_ns"][place].as_py(),
            batch["duration_s"][place].as_py(),
            _log_mel(batch["log_mel"][place].as_buffer(), n_mels),
            _problem(batch["code"][place].as_py(), batch["detail"][place].as_py()),
        )
        for batch in batches
        for place in range(batch.num_rows)
    ]


def _log_mel(buffer: pa.Buffer | None, n_mels: int) -> Float32 | None:
    return None if buffer is None else np.frombuffer(buffer, np.float32).reshape(-1, n_mels)


def _problem(code: str | None, detail: str | None) -> SourceError | None:
    return None if code is None else SourceError(code, detail or "")
