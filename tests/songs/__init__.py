"""Songs of our own (CC0), composed as MIDI, rendered with FluidSynth: test fixtures and the sample song."""
