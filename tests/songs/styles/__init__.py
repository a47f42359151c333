"""The ten styles of GTZAN, each in its module as `compose(rng) -> Piece`."""

import importlib

from tests.songs.score import Piece, generator

GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


def compose(genre: str, seed: int) -> Piece:
    """The piece in one of GENRES; the same seed gives the same notes."""
    module = importlib.import_module(f"tests.songs.styles.{genre}")
    piece: Piece = module.compose(generator(seed, genre, "notes"))
    return piece
