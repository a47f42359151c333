"""index.json: every channel's receptive field and strongest excerpts, as numbers to go on with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from model.contract import Contract
from training.cutting import MeanLogMels
from training.excerpts import Excerpt, Places
from training.listening import Song
from training.watched import Watched

FORMAT = 1
MEAN_LOG_MELS = "mean_log_mels.npz"
DIGITS = {"activation": 5, "s": 4, "hz": 1}


def describe(
    contract: Contract,
    convolutions: Sequence[Watched],
    songs: Sequence[Song],
    skipped: Mapping[str, str],
    excerpts: Sequence[Excerpt],
    files: Mapping[Excerpt, str],
    places: Places,
    means: MeanLogMels,
) -> dict[str, Any]:
    """`files` are paths below the index's folder; none where excerpts are played from the songs."""
    of_channel: dict[tuple[int, int], list[Excerpt]] = {}
    for excerpt in excerpts:
        of_channel.setdefault((excerpt.layer, excerpt.channel), []).append(excerpt)
    chain = contract.chain

    def channel(layer: int, number: int) -> dict[str, Any]:
        found = of_channel.get((layer, number), [])
        told = [_excerpt(each, convolutions[layer], songs, files, places) for each in found]
        return {"channel": number, "genres": genre_mix(told), "excerpts": told}

    return {
        "format": FORMAT,
        "model": {"name": contract.name, "version": contract.version},
        "signal_chain": {
            "sample_rate_hz": chain.sample_rate_hz,
            "hop_length": chain.hop_length,
            "n_fft": chain.n_fft,
            "n_mels": chain.n_mels,
        },
        "songs": len(songs),
        "skipped": dict(skipped),
        "mean_log_mels": MEAN_LOG_MELS,
        "layers": [
            {
                "name": each.name,
                "kind": each.kind,
                "watched_at": each.watched_at,
                "receptive_field": _receptive_field(each, places, chain.n_mels, means),
                "channels": [channel(layer, number) for number in range(each.n_channels)],
            }
            for layer, each in enumerate(convolutions)
        ],
    }


def genre_mix(excerpts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many of them are of each genre, the commonest first; those of no genre are not counted."""
    genres = Counter(excerpt["genre"] for excerpt in excerpts if excerpt["genre"] is not None)
    return dict(sorted(genres.items(), key=lambda pair: (-pair[1], pair[0])))


def _receptive_field(each: Watched, places: Places, n_mels: int, means: MeanLogMels) -> dict[str, Any]:
    n_frames = each.field.frames.size
    start_s, end_s = places.span_s((0, n_frames - 1))
    has_all_bands = means.has_all_bands(each)
    bands = n_mels if has_all_bands or each.field.bands is None else each.field.bands.size
    return {
        "frames": n_frames,
        "duration_s": round(end_s - start_s, DIGITS["s"]),
        "bands": bands,
        "all_bands": has_all_bands,
        "is_context": each.field.is_context,
    }


def _excerpt(
    excerpt: Excerpt, convolution: Watched, songs: Sequence[Song], files: Mapping[Excerpt, str], places: Places
) -> dict[str, Any]:
    song = songs[excerpt.song]
    start_s, end_s = places.span_s(excerpt.frames)
    told = {
        "activation": round(excerpt.activation, DIGITS["activation"]),
        "song": song.name,
        "genre": song.genre,
        "start_s": round(start_s, DIGITS["s"]),
        "end_s": round(end_s, DIGITS["s"]),
        "frames": list(excerpt.frames),
        "bands": list(excerpt.bands),
        **_hz("", places.span_hz(excerpt.bands)),
        **({"file": files[excerpt]} if excerpt in files else {}),
    }
    main = places.main_span_hz(excerpt, convolution)
    return told if main is None else told | _hz("mainly_", main)


def _hz(prefix: str, span: tuple[float, float]) -> dict[str, float]:
    return {f"{prefix}{end}_hz": round(hz, DIGITS["hz"]) for end, hz in zip(("low", "high"), span, strict=True)}
