"""Everything an operator can set: one table of names, defaults and meanings, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from model.cores import usable_cores

REPOSITORY = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting that cannot be used; the message names it."""


def _setting(variable: str, default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The server's settings. `Settings.from_environment()` reads them, `settings_table()` explains them."""

    port: int = _setting("PORT", 8080, "TCP port to serve on; 0 takes any free one")
    host: str = _setting("GENRESCOPE_HOST", "127.0.0.1", "address to listen on; 0.0.0.0 for all")
    model: Path = _setting("MODEL", REPOSITORY / "model", "folder of an exported model")
    max_upload_mb: float = _setting("GENRESCOPE_MAX_UPLOAD_MB", 200.0, "largest file that /predict takes, MB")
    max_duration_min: float = _setting("GENRESCOPE_MAX_DURATION_MIN", 90.0, "longest song, minutes")
    decode_timeout_s: float = _setting("GENRESCOPE_DECODE_TIMEOUT_S", 120.0, "longest time to decode one, s")
    max_uploads: int = _setting("GENRESCOPE_MAX_UPLOADS", 16, "songs taken in before they are answered; more get 503")
    max_analyses: int = _setting(
        "GENRESCOPE_MAX_ANALYSES", usable_cores(), "songs analysed at the same time, one a core; others wait"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads the variables that are set and not empty. Raises SettingsError."""
        given = {
            setting.name: _parse(setting, environment[setting.metadata["variable"]])
            for setting in fields(cls)
            if environment.get(setting.metadata["variable"])
        }
        return cls(**given)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"PORT is {self.port}, must be 0 to 65535")
        for setting in fields(self)[3:]:
            if not getattr(self, setting.name) > 0:  # not a number included
                variable, value = setting.metadata["variable"], getattr(self, setting.name)
                raise SettingsError(f"{variable} is {value}, must be above 0")


def settings_table() -> str:
    """The settings as lines of text, for --help."""
    return "\n".join(
        f"  {setting.metadata['variable']:<28} {setting.metadata['meaning']} (default: {_shown(setting)})"
        for setting in fields(Settings)
    )


def _parse(setting: Field[Any], text: str) -> Any:
    kind: Any = Path if isinstance(setting.default, Path) else type(setting.default)
    try:
        return kind(text)
    except ValueError:
        raise SettingsError(f"{setting.metadata['variable']} is {text!r}, must be a number") from None


def _shown(setting: Field[Any]) -> str:
    default = setting.default
    return "the shipped one" if isinstance(default, Path) else str(default)
