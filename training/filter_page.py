"""index.html: the excerpts to browse and to hear, one page that needs no server and fetches nothing else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from model.whole_files import stand_in
from training.page_address import page_address

PARTS = Path(__file__).with_name("filters_page")


def write_page(index: Mapping[str, Any], folder: Path, songs: Mapping[str, Path]) -> None:
    """`songs`: their files by name, to be played where they lie; none where the index's excerpts are files."""
    style, script = ((PARTS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    html = Template((PARTS / "page.html").read_text(encoding="utf-8")).substitute(
        style=style, style_sha256=_sha256(style), script=script, script_sha256=_sha256(script),
        data=_inside_html(_page_data(index, folder, songs)),
    )  # fmt: skip
    with stand_in(folder / "index.html") as fresh:
        fresh.write_text(html, encoding="utf-8")


def _sha256(text: str) -> str:
    """As a Content-Security-Policy names what may be inline."""
    return b64encode(sha256(text.encode()).digest()).decode()


def _inside_html(data: Mapping[str, Any]) -> str:
    """JSON in which nothing ends the script element or begins a comment."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _page_data(index: Mapping[str, Any], folder: Path, songs: Mapping[str, Path]) -> dict[str, Any]:
    """As page.js has it: songs by number, excerpts as lists."""
    numbers: dict[str, int] = {}
    genres: list[tuple[str, str | None]] = []

    def told(excerpt: Mapping[str, Any]) -> list[Any]:
        name = excerpt["song"]
        if name not in numbers:
            numbers[name] = len(numbers)
            genres.append((name, excerpt["genre"]))
        url = page_address(songs[name], folder / "index.html") if songs else quote(excerpt["file"])
        low_hz, high_hz = (excerpt.get(f"mainly_{end}_hz", excerpt[f"{end}_hz"]) for end in ("low", "high"))
        return [
            float(f"{excerpt['activation']:.4g}"),
            numbers[name],
            excerpt["start_s"],
            excerpt["end_s"],
            low_hz,
            high_hz,
            url,
        ]

    layers = [
        {
            "name": layer["name"],
            "kind": layer["kind"],
            "about": _about_layer(layer),
            "channels": [[told(excerpt) for excerpt in channel["excerpts"]] for channel in layer["channels"]],
        }
        for layer in index["layers"]
    ]
    model = index["model"]
    n_heard = index["songs"] - len(index["skipped"])
    about = f"{model['name']} {model['version']}, heard on {n_heard} songs."
    return {"about": about, "songs": genres, "isLinked": bool(songs), "layers": layers}


def _about_layer(layer: Mapping[str, Any]) -> str:
    field = layer["receptive_field"]
    bands = "all bands" if field["all_bands"] else f"{field['bands']} bands"
    around = ", the mean around each frame" if field["is_context"] else ""
    return f"{layer['kind']}, {len(layer['channels'])} channels, hear {field['duration_s']:.2f} s and {bands}{around}"
