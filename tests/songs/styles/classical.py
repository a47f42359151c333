"""A period for strings and piano in G major, led in four voices without parallel fifths or octaves."""

import random

from tests.songs.score import Part, Piece, pitch

# Soprano, alto, tenor, bass; one harmony every two beats: I V6 vi IV, I6 ii6 I64 V7, vi ii6 V7 I.
VOICES = tuple(
    tuple(pitch(name) for name in chord.split())
    for chord in (
        "B4 G4 D4 G3", "D5 A4 D4 F#3", "E5 G4 B3 E3", "E5 G4 C4 C3",
        "D5 G4 D4 B2", "C5 A4 E4 C3", "B4 G4 D4 D3", "A4 F#4 C4 D3",
        "G4 E4 B3 E3", "A4 E4 C4 C3", "F#4 D4 C4 D3", "G4 D4 B3 G2",
    )
)  # fmt: skip
_MELODY = (
    "B4:1.5 C5:.5 D5:1 C5:.5 D5:.5 E5:1.5 F#5:.5 G5:1 F#5:.5 E5:.5 "
    "D5:1.5 E5:.25 D5:.25 C5:1 D5:.5 C5:.5 B4:1 C5:.5 B4:.5 A4:1.5 B4:.5 "
    "G4:1 B4:.5 A4:.5 A4:.5 C5:.5 B4:.5 A4:.5 F#4:1 A4:.5 F#4:.5 G4:2"
)


def compose(rng: random.Random) -> Piece:
    """Six bars at 104 beats a minute; the first violin ornaments the soprano, the piano breaks the chords."""
    violin = Part("violin", 40, pan=44, volume=104, reverb=80)
    violin.line(0, _MELODY, 92, gate=1.0)
    section = [
        Part("violins", 48, pan=36, volume=94, reverb=80),
        Part("viola", 41, pan=76, volume=84, reverb=80),
        Part("cello", 42, pan=90, volume=98, reverb=80),
    ]
    piano = Part("piano", 0, pan=64, volume=116, reverb=70)
    for number, (soprano, alto, tenor, bass) in enumerate(VOICES):
        beat = 2.0 * number
        swell = round(8 * (1 - abs(number - 4) / 7)) + rng.randint(-2, 2)  # the phrase grows to its third bar
        for part, voice in zip(section, (alto, tenor, bass), strict=True):
            part.add(beat, 2.0, voice, 78 + swell)
        last = number == len(VOICES) - 1
        for eighth, voice in enumerate((bass + 12, alto, tenor, alto)):
            if not (last and eighth):
                piano.add(beat + eighth / 2, 2.0 if last else 0.6, voice, 66 + swell - 4 * (eighth % 2))
        piano.add(beat, 1.9, [bass, soprano] if last else bass, 72 + swell)
    return Piece("classical", "Period in G", 104, 6, 5, [violin, *section, piano], loudness_dbfs=-19)
