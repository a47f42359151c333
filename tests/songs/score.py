"""What a piece is made of: parts of notes, in beats, and the small notation that the styles are written in.

Conventions: time and length in beats from the piece's start, before swing; pitch as a MIDI number (C4 is 60);
velocity, volume, pan (64 is the middle) and reverb as MIDI's 0..127; `program` is General MIDI's, from 0.
"""

import random
import re
from dataclasses import dataclass, field

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_CHORD_INTERVALS = {
    "": (0, 4, 7), "m": (0, 3, 7), "5": (0, 7), "sus4": (0, 5, 7), "add9": (0, 4, 7, 2), "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11),
    "9": (0, 4, 10, 2), "13": (0, 4, 10, 9), "m9": (0, 3, 10, 2), "maj9": (0, 4, 11, 2),
}  # fmt: skip
_STEP_VELOCITY = {"X": 1.2, "x": 1.0, "o": 0.55}


def generator(seed: int, *purpose: str) -> random.Random:
    """Chance for one purpose: the same seed and purpose give the same numbers on every machine."""
    return random.Random(":".join((str(seed), *purpose)))  # music needs no secrets


def pitch(name: str) -> int:
    """MIDI number of a note name such as "F#4" or "Bb2"; ValueError when it is none."""
    found = re.fullmatch(r"([A-G])([#b]?)(-?\d)", name)
    if not found:
        raise ValueError(f"{name!r} is no note name: wanted a letter A to G, perhaps # or b, and an octave")
    letter, accidental, octave = found.groups()
    return 12 * (int(octave) + 1) + _SEMITONES[letter] + _ACCIDENTALS[accidental]


def chord_classes(name: str) -> tuple[int, ...]:
    """Pitch classes (0..11) of a chord name such as "Am7", the root first; ValueError when it is none."""
    found = re.fullmatch(r"([A-G])([#b]?)(.*)", name)
    if not found or found[3] not in _CHORD_INTERVALS:
        raise ValueError(f"{name!r} is no chord: wanted a root and one of {list(_CHORD_INTERVALS)}")
    root = _SEMITONES[found[1]] + _ACCIDENTALS[found[2]]
    return tuple((root + interval) % 12 for interval in _CHORD_INTERVALS[found[3]])


def voicing(name: str, centre: int) -> list[int]:
    """The chord's tones, each in the octave around `centre`.

    Neighbouring chords voiced around one centre keep their common tones where they are: smooth voice leading.
    """
    return sorted(centre - 6 + (pitch_class - centre + 6) % 12 for pitch_class in chord_classes(name))


def root(name: str, lowest: int) -> int:
    """The chord's root, in the octave that begins at `lowest`."""
    return lowest + (chord_classes(name)[0] - lowest) % 12


@dataclass(frozen=True)
class Note:
    """One note; see the module's conventions."""

    start_beats: float
    length_beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Amp:
    """A guitar amplifier: the part is rendered by itself, distorted by `drive_db`, and mixed in at `level_db`
    relative to the rest of the band; `echo_s` repeats it once, softly."""

    drive_db: float
    level_db: float
    echo_s: float = 0.0


@dataclass
class Part:
    """One instrument's notes and place in the mix."""

    name: str
    program: int
    pan: int = 64
    volume: int = 100
    reverb: int = 40
    drums: bool = False
    amp: Amp | None = None
    notes: list[Note] = field(default_factory=list)
    bends: list[tuple[float, float]] = field(default_factory=list)  # beat, semitones

    def add(self, start: float, length: float, pitches: int | list[int], velocity: int = 85) -> None:
        """Sound one pitch, or several together."""
        for each in [pitches] if isinstance(pitches, int) else pitches:
            self.notes.append(Note(start, length, each, velocity))

    def strum(self, start: float, length: float, pitches: list[int], velocity: int) -> None:
        """Sound a chord string by string, in the order given."""
        for number, each in enumerate(pitches):
            late = 0.018 * number  # some 8 ms
            self.add(start + late, length - late, each, velocity)

    def line(self, start: float, text: str, velocity: int = 90, gate: float = 0.95) -> float:
        """Play a melody written as "E5:1 r:.5 C5+G5:.5": names (r rests) and lengths; returns its end.

        Notes sound for `gate` of their length. A name after "/" is slid into from that many semitones below:
        "/2E5:1".
        """
        now = start
        for token in text.split():
            names, _, length = token.partition(":")
            slide, names = re.fullmatch(r"(?:/(\d))?(.+)", names).groups()  # type: ignore[union-attr]
            if slide:
                self.slide(now, -float(slide), min(0.3, float(length) / 2))
            if names != "r":
                accent = 5 if now % 1 == 0 else 0
                pitches = [pitch(each) for each in names.split("+")]
                self.add(now, float(length) * gate, pitches, velocity + accent)
            now += float(length)
        return now

    def slide(self, start: float, semitones: float, over: float) -> None:
        """Bend the part's pitch from `semitones` away back to the note, in `over` beats."""
        self.bends.append((max(0.0, start - 0.03), semitones))  # before an uneven start
        steps = 8
        for step in range(1, steps + 1):
            self.bends.append((start + over * step / steps, semitones * (1 - step / steps)))

    def steps(self, start: float, text: str, pitches: int | list[int], velocity: int = 90, step: float = 0.25) -> None:
        """Play a rhythm written as "X..x..o.": accent, plain, ghost and rest, `step` beats each."""
        for number, mark in enumerate(text):
            if mark != ".":
                loudness = min(127, round(velocity * _STEP_VELOCITY[mark]))
                self.add(start + number * step, step * 0.9, pitches, loudness)


@dataclass
class Piece:
    """A short composition in one style.

    `swing` is where the middle of each `swing_unit_beats` falls (0.5 is straight, 0.67 a shuffle);
    `loudness_dbfs` the RMS level that the mix is brought to; `medley_bars` how much of it the medley plays.
    """

    genre: str
    title: str
    bpm: float
    bars: int
    medley_bars: int
    parts: list[Part]
    swing: float = 0.5
    swing_unit_beats: float = 1.0
    loudness_dbfs: float = -16.0
    beats_per_bar: int = 4

    def swung(self, beat: float) -> float:
        """Where a written beat is played."""
        whole, fraction = divmod(beat / self.swing_unit_beats, 1.0)
        before, after = 2 * self.swing, 2 * (1 - self.swing)
        warped = fraction * before if fraction < 0.5 else 1 - (1 - fraction) * after
        return (whole + warped) * self.swing_unit_beats

    def seconds(self, bars: int) -> float:
        """How long so many bars last."""
        return bars * self.beats_per_bar * 60.0 / self.bpm
