"""General MIDI's percussion: key numbers and, as a drum part's program, kits."""

from tests.songs.score import Part

KICK, RIM, SNARE, CLAP = 36, 37, 38, 39
CLOSED_HAT, PEDAL_HAT, OPEN_HAT = 42, 44, 46
LOW_TOM, MID_TOM, HIGH_TOM = 43, 47, 50
CRASH, RIDE, CHINA = 49, 51, 52
TAMBOURINE, SHAKER = 54, 70

STANDARD_KIT, POWER_KIT, ELECTRONIC_KIT, JAZZ_KIT, BRUSH_KIT = 0, 16, 24, 32, 40


def drum_part(kit: int, volume: int = 105, reverb: int = 25) -> Part:
    """A part that plays a drum kit."""
    return Part("drums", kit, volume=volume, reverb=reverb, drums=True)
