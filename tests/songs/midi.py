"""A piece played by hands: swung, slightly uneven in time and touch, written as a Standard MIDI File."""

import io
import random

import mido  # type: ignore[import-untyped]

from tests.songs.score import Part, Piece

TICKS_PER_BEAT = 480
TAIL_S = 2.0  # of silence behind the last bar, for the sound to die away in
_TIMING_SD_S = 0.004  # a tight band: hands of good players scatter by some 5 ms
_VELOCITY_SD = 4.0
_BEND_RANGE_SEMITONES = 2.0  # General MIDI's default
_DRUM_CHANNEL = 9
_VOLUME, _PAN, _REVERB = 7, 10, 91  # controller numbers

Event = tuple[int, int, mido.Message]  # tick, order within the tick, message


def to_midi(piece: Piece, rng: random.Random) -> bytes:
    """The bytes of a type-1 MIDI file: a tempo track and one track for each part.

    The same piece and the same state of `rng` give the same bytes.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    end_tick = _ticks(piece, piece.seconds(piece.bars) + TAIL_S)
    file.tracks.append(mido.MidiTrack([
        mido.MetaMessage("track_name", name=piece.title),
        mido.MetaMessage("copyright", text="CC0 1.0"),
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(piece.bpm)),
        mido.MetaMessage("time_signature", numerator=piece.beats_per_bar, denominator=4),
        mido.MetaMessage("end_of_track", time=end_tick),
    ]))  # fmt: skip
    melodic_channels = iter(number for number in range(16) if number != _DRUM_CHANNEL)
    for part in piece.parts:
        channel = _DRUM_CHANNEL if part.drums else next(melodic_channels)
        file.tracks.append(_track(piece, part, channel, end_tick, rng))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _ticks(piece: Piece, seconds: float) -> int:
    return round(seconds * piece.bpm / 60.0 * TICKS_PER_BEAT)


def _track(piece: Piece, part: Part, channel: int, end_tick: int, rng: random.Random) -> mido.MidiTrack:
    setup = [
        mido.MetaMessage("track_name", name=part.name),
        mido.Message("program_change", channel=channel, program=part.program),
        mido.Message("control_change", channel=channel, control=_VOLUME, value=part.volume),
        mido.Message("control_change", channel=channel, control=_PAN, value=part.pan),
        mido.Message("control_change", channel=channel, control=_REVERB, value=part.reverb),
    ]
    track = mido.MidiTrack(setup)
    now = 0
    for tick, _, message in sorted(_events(piece, part, channel, rng), key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=end_tick - now))
    return track


def _events(piece: Piece, part: Part, channel: int, rng: random.Random) -> list[Event]:
    """A note's end comes before the next one's start, bends in between."""
    played = []
    for note in part.notes:
        late = _ticks(piece, rng.gauss(0.0, _TIMING_SD_S))
        start = max(0, round(piece.swung(note.start_beats) * TICKS_PER_BEAT) + late)
        end = max(start + 1, round(piece.swung(note.start_beats + note.length_beats) * TICKS_PER_BEAT) + late)
        velocity = min(127, max(1, round(note.velocity + rng.gauss(0.0, _VELOCITY_SD))))
        played.append((start, end, note.pitch, velocity))
    events: list[Event] = []
    next_start: dict[int, int] = {}
    for start, end, pitch, velocity in sorted(played, reverse=True):
        end = min(end, next_start.get(pitch, end))  # else its end would cut the next note of this pitch
        next_start[pitch] = start
        events.append((start, 2, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
        events.append((end, 0, mido.Message("note_off", channel=channel, note=pitch, velocity=64)))
    for beat, semitones in part.bends:
        bend = max(-8192, min(8191, round(semitones / _BEND_RANGE_SEMITONES * 8192)))
        tick = round(piece.swung(beat) * TICKS_PER_BEAT)
        events.append((tick, 1, mido.Message("pitchwheel", channel=channel, pitch=bend)))
    return events
