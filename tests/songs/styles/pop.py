"""Pop in C, I-V-vi-IV: electronic drums with claps, synthesiser bass and lead, clean guitar, voices."""

import random

from tests.songs.drums import CLAP, CLOSED_HAT, CRASH, ELECTRONIC_KIT, KICK, OPEN_HAT, SNARE, drum_part
from tests.songs.score import Part, Piece, root, voicing

CHORDS = ("C", "G", "Am", "F")  # two beats each: once round in two bars
TURNS = 3
_HOOK = "E5:.5 E5:.25 D5:.25 E5:.5 G5:.5 D5:1 r:.5 B4:.5 C5:.5 C5:.25 B4:.25 C5:.5 E5:.5 A4:1 G4:.5 A4:.5"
_LAST_HOOK = "E5:.5 E5:.25 D5:.25 E5:.5 G5:.5 A5:.5 G5:.5 D5:.5 E5:.5 C5:.5 C5:.25 D5:.25 E5:.5 G5:.5 A5:1 G5:1"


def compose(rng: random.Random) -> Piece:
    """Six bars at 104 beats a minute; each turn adds a voice to the hook."""
    lead = Part("synth lead", 81, pan=70, volume=92, reverb=50)
    choir = Part("voices", 53, pan=56, volume=92, reverb=70)
    for turn in range(TURNS):
        hook = _LAST_HOOK if turn == TURNS - 1 else _HOOK
        choir.line(8 * turn, hook, 100)
        if turn:
            lead.line(8 * turn, hook, 88)
    return Piece("pop", "Summer Lights", 104, 2 * TURNS, 5, [_drums(rng), *_chord_parts(), choir, lead],
                 loudness_dbfs=-14.5)  # fmt: skip


def _drums(rng: random.Random) -> Part:
    drums = drum_part(ELECTRONIC_KIT, volume=118)
    for bar in range(2 * TURNS):
        drums.steps(4 * bar, "X.....x.X.x.....", KICK, 104)
        drums.steps(4 * bar, "....X.......X...", SNARE, 92)
        drums.steps(4 * bar, "....X.......X...", CLAP, 92)
        drums.steps(4 * bar, "X.x.X.x.X.x.X.x." if bar < 2 else "XoxoXoxoXoxoXoxo", CLOSED_HAT, 70)
        if bar % 2:
            drums.add(4 * bar + 3.5, 0.4, OPEN_HAT, 72)
            drums.add(4 * bar + rng.choice((3.25, 3.75)), 0.2, SNARE, 60)
    drums.add(0, 1, CRASH, 84)
    drums.add(16, 1, CRASH, 92)
    return drums


def _chord_parts() -> list[Part]:
    bass = Part("synth bass", 38, volume=104, reverb=5)
    pad = Part("pad", 89, pan=44, volume=88, reverb=70)
    guitar = Part("clean guitar", 27, pan=100, volume=112)
    piano = Part("piano", 0, pan=28, volume=106)
    for number, chord in enumerate(CHORDS * TURNS):
        beat = 2.0 * number
        for eighth in range(4):
            bass.add(beat + eighth / 2, 0.42, root(chord, 33), 100)
        pad.add(beat, 2.0, voicing(chord, 62), 80)
        tones = voicing(chord, 67)
        guitar_tones = [tones[0], tones[1], tones[2], tones[1], tones[0] + 12, tones[2], tones[1], tones[2]]
        for sixteenth, each in enumerate(guitar_tones):
            guitar.add(beat + sixteenth / 4, 0.5, each, 84 if sixteenth % 2 == 0 else 72)
        piano.steps(beat, "X..x..x.", voicing(chord, 64), 82)
    return [bass, pad, guitar, piano]
