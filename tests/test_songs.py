"""The songs are what they say: the same on every run, and music in its style."""

from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import mido  # type: ignore[import-untyped]
import numpy as np
import pytest

from tests.songs import drums
from tests.songs.compose import SEED, write_midi
from tests.songs.score import Part, chord_classes, pitch, voicing
from tests.songs.styles import GENRES, blues, classical, compose, country, pop, reggae

HAND_BEATS = 0.06  # how far a note may lie from where it is written


class Played(NamedTuple):
    """A note as it stands in the MIDI file."""

    beat: float
    pitch: int
    part: str


@pytest.fixture(scope="module")
def midi_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("midi")
    write_midi(folder, SEED)
    return folder


@pytest.fixture(scope="module")
def played(midi_folder: Path) -> Callable[..., list[Played]]:
    """Function (genre, part, *pitches) -> the notes of a part, only those pitches where some are given."""

    def notes(genre: str, part: str, *pitches: int) -> list[Played]:
        file = mido.MidiFile(midi_folder / f"{genre}.mid")
        found = []
        for track in file.tracks:
            if track.name != part:
                continue
            tick = 0
            for message in track:
                tick += message.time
                if message.type == "note_on" and (not pitches or message.note in pitches):
                    found.append(Played(tick / file.ticks_per_beat, message.note, part))
        assert found, f"{genre} has no such notes in {part}"
        return found

    return notes


def places(notes: list[Played], cycle_beats: float) -> list[float]:
    """Where in the cycle notes fall: each place once, notes within HAND_BEATS of one another being one."""
    folded = np.sort([(note.beat + HAND_BEATS) % cycle_beats - HAND_BEATS for note in notes])
    groups = np.split(folded, np.flatnonzero(np.diff(folded) > HAND_BEATS) + 1)
    return [float(np.mean(group)) for group in groups]


def near(*wanted: float) -> object:
    return pytest.approx(list(wanted), abs=HAND_BEATS / 2)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(midi_folder: Path, tmp_path: Path) -> None:
    write_midi(tmp_path / "again", SEED)
    write_midi(tmp_path / "other", SEED + 1)
    for genre in GENRES:
        first = (midi_folder / f"{genre}.mid").read_bytes()
        assert (tmp_path / "again" / f"{genre}.mid").read_bytes() == first
        assert (tmp_path / "other" / f"{genre}.mid").read_bytes() != first


@pytest.mark.parametrize(
    ("genre", "slowest_bpm", "fastest_bpm", "programs"),
    [
        ("blues", 110, 140, {22, 27, 33}),  # harmonica, electric guitar, electric bass
        ("classical", 60, 110, {0, 40, 41, 42, 48}),  # piano and strings
        ("country", 110, 145, {25, 105, 110}),  # steel-string guitar, banjo, fiddle
        ("disco", 110, 130, {28, 33, 48, 61}),  # muted guitar, bass, strings, brass
        ("hiphop", 82, 98, {4, 39}),  # electric piano, synthesiser bass
        ("jazz", 120, 220, {0, 32, 66}),  # piano, double bass, tenor saxophone
        ("metal", 160, 220, {27, 28, 34}),  # open and muted guitar, picked bass
        ("pop", 95, 130, {27, 38, 53, 81}),  # clean guitar, synthesisers, voices
        ("reggae", 130, 160, {17, 27, 33}),  # organ, guitar, bass; felt as half of that tempo
        ("rock", 110, 150, {18, 27, 34}),  # organ, guitar, picked bass
    ],
)
def test_tempo_and_instruments_are_the_styles(
    midi_folder: Path, genre: str, slowest_bpm: float, fastest_bpm: float, programs: set[int]
) -> None:
    file = mido.MidiFile(midi_folder / f"{genre}.mid")
    messages = [message for track in file.tracks for message in track]
    tempos = [mido.tempo2bpm(message.tempo) for message in messages if message.type == "set_tempo"]
    assert len(tempos) == 1
    assert slowest_bpm <= tempos[0] <= fastest_bpm
    assert programs <= {m.program for m in messages if m.type == "program_change" and m.channel != 9}
    assert any(m.type == "note_on" and m.channel == 9 for m in messages) == (genre != "classical")


def test_blues_shuffles_through_the_end_of_the_twelve_bars(played: Callable[..., list[Played]]) -> None:
    assert places(played("blues", "drums", drums.CLOSED_HAT), 1) == near(0, 2 / 3)
    downbeats = [note.pitch % 12 for note in played("blues", "bass") if round(note.beat, 1) % 8 == 0]
    assert downbeats == [chord_classes(chord)[0] for chord in blues.CHORDS[::2]]
    assert [chord[0] for chord in blues.CHORDS] == list("DDAAEDAA")  # IV IV I I V IV I I in A


def test_classical_voices_keep_their_order_and_never_move_in_parallel_fifths_or_octaves() -> None:
    for upper, lower in combinations(range(4), 2):
        for before, after in pairwise(classical.VOICES):
            intervals = [(chord[upper] - chord[lower]) % 12 for chord in (before, after)]
            moves = before[upper] != after[upper]
            assert not (moves and intervals[0] == intervals[1] and intervals[0] in (0, 7)), (before, after)
    for chord in classical.VOICES:
        assert list(chord) == sorted(chord, reverse=True)


def test_country_bass_alternates_root_and_fifth_on_one_and_three(played: Callable[..., list[Played]]) -> None:
    bass = played("country", "bass")
    assert places(bass, 4) == near(0, 2)
    for bar, (first, second) in enumerate(zip(bass[::2], bass[1::2], strict=True)):
        if bar != 6:  # where a new chord comes in mid-bar
            assert first.pitch % 12 == chord_classes(country.CHORDS[bar])[0]
            assert (second.pitch - first.pitch) % 12 == 7


def test_disco_has_the_kick_on_every_beat_and_an_open_hat_between(
    played: Callable[..., list[Played]],
) -> None:
    kicks = played("disco", "drums", drums.KICK)
    assert [note.beat for note in kicks] == pytest.approx(range(24), abs=HAND_BEATS)
    assert places(played("disco", "drums", drums.OPEN_HAT), 1) == near(0.5)
    bass = played("disco", "bass")
    assert all(high.pitch - low.pitch == 12 for low, high in zip(bass[::2], bass[1::2], strict=True))


def test_hiphop_swings_its_sixteenths_over_a_backbeat_and_a_sub_bass(
    played: Callable[..., list[Played]],
) -> None:
    late = [note.beat % 0.5 for note in played("hiphop", "drums", drums.CLOSED_HAT) if 0.1 < note.beat % 0.5 < 0.45]
    assert 0.58 <= np.mean(late) / 0.5 <= 0.66
    loud = places(played("hiphop", "drums", drums.SNARE), 4)
    assert {1.0, 3.0} <= {round(beat, 1) for beat in loud}
    lowest = min(note.pitch for note in played("hiphop", "sub bass"))
    assert 440 * 2 ** ((lowest - 69) / 12) < 60


def test_jazz_walks_in_quarters_under_a_swinging_ride(played: Callable[..., list[Played]]) -> None:
    assert places(played("jazz", "drums", drums.RIDE), 4) == near(0, 1, 1.65, 2, 3, 3.65)
    assert places(played("jazz", "drums", drums.PEDAL_HAT), 4) == near(1, 3)
    bass = played("jazz", "double bass")
    assert [note.beat for note in bass] == pytest.approx(range(32), abs=HAND_BEATS)
    approaches = [abs(after.pitch - before.pitch) for before, after in zip(bass[3::4], bass[4::4], strict=False)]
    assert set(approaches) == {1}


def test_metal_has_power_chords_through_an_amplifier_and_double_kick(
    played: Callable[..., list[Played]],
) -> None:
    in_fifth_bar = [note for note in played("metal", "drums", drums.KICK) if 15.9 < note.beat < 19.9]
    assert len(in_fifth_bar) == 16
    guitars = [part for part in compose("metal", SEED).parts if part.name in ("muted guitar", "power chords")]
    assert {part.pan for part in guitars} == {0, 127}
    for part in guitars:
        assert part.amp is not None
        for start in {note.start_beats for note in part.notes}:
            chord = sorted(note.pitch for note in part.notes if note.start_beats == start)
            assert {each - chord[0] for each in chord} <= {0, 7, 12}
    assert len(played("metal", "lead guitar")) == len(played("metal", "harmony guitar"))


def test_pop_goes_round_one_five_six_four(played: Callable[..., list[Played]]) -> None:
    roots = [note.pitch % 12 for note in played("pop", "synth bass")][::4]
    assert roots == [pitch(name) % 12 for name in ("C4", "G4", "A4", "F4")] * 3
    assert places(played("pop", "drums", drums.CLAP), 4) == near(1, 3)
    assert pop.CHORDS[2].endswith("m")


def test_reggae_drops_the_kick_on_three_alone_and_skanks_on_two_and_four(
    played: Callable[..., list[Played]],
) -> None:
    kicks = played("reggae", "drums", drums.KICK)
    assert [note.beat for note in kicks] == pytest.approx([4 * bar + 2 for bar in range(8)], abs=HAND_BEATS)
    skanks = played("reggae", "piano")
    assert places(skanks, 4) == near(1, 3)
    bass_beats = [note.beat + HAND_BEATS for note in played("reggae", "bass")]
    bass_bars = {int(beat // 4) for beat in bass_beats if beat % 4 < 0.5}
    assert bass_bars == set(range(1, len(reggae.CHORDS), 2))  # the one stays empty in every other bar


def test_rock_has_a_backbeat_and_two_guitars_in_power_chords(played: Callable[..., list[Played]]) -> None:
    before_the_fill = [note for note in played("rock", "drums", drums.SNARE) if note.beat < 30.5]
    assert places(before_the_fill, 4) == near(1, 3)
    rhythm = {part.name: part for part in compose("rock", SEED).parts if part.name in ("left guitar", "right guitar")}
    assert rhythm["left guitar"].pan < 10
    assert rhythm["right guitar"].pan > 117
    assert all(part.amp for part in rhythm.values())


def test_notation_says_what_it_cannot_read() -> None:
    with pytest.raises(ValueError, match="'H2' is no note name"):
        pitch("H2")
    with pytest.raises(ValueError, match="'Cx' is no chord"):
        voicing("Cx", 60)
    assert voicing("C", 60) == [55, 60, 64]


def test_notes_that_repeat_are_not_cut_by_the_end_of_the_one_before(midi_folder: Path) -> None:
    for path in midi_folder.glob("*.mid"):
        for track in mido.MidiFile(path).tracks:
            sounding: set[int] = set()
            for message in track:
                if message.type == "note_on":
                    assert message.note not in sounding, (path.name, track.name)
                    sounding.add(message.note)
                elif message.type == "note_off":
                    sounding.discard(message.note)


def test_a_slide_ends_on_the_note() -> None:
    part = Part("steel guitar", 26)
    part.line(4, "r:1 /2E5:1")
    assert part.bends[0] == pytest.approx((5, -2), abs=0.05)
    assert part.bends[-1] == pytest.approx((5.3, 0))
    assert [note.pitch for note in part.notes] == [76]
