"""Everything an operator can set: one table of names, defaults and meanings, read from the environment."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.audio import USUAL_LIMITS as USUAL
from model.cores import usable_cores

REPOSITORY = Path(__file__).resolve().parent.parent
STATIC = REPOSITORY / "static"
PREFIX = "GENRESCOPE_"

Megabytes = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Minutes = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Number = Annotated[int, Field(gt=0)]
# As browsers write them: small letters, no path, not even a slash.
ORIGIN = r"^https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?$"
Origin = Annotated[str, Field(pattern=ORIGIN)]
Origins = Annotated[
    tuple[Origin, ...],
    NoDecode,
    BeforeValidator(lambda given: given.replace(",", " ").split() if isinstance(given, str) else given),
]
Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
GpuShare = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class SettingsError(Exception):
    """A setting that cannot be used; the message names it."""


def _setting(default: Any, meaning: str, variable: str = "", **limits: Any) -> Any:
    return Field(default, description=meaning, alias=variable or None, **limits)  # else as alias_generator says


class Settings(BaseSettings):
    """The server's settings. `read_settings()` reads them, `settings_table()` explains them."""

    model_config = SettingsConfigDict(
        alias_generator=lambda name: PREFIX + name.upper(),
        env_ignore_empty=True,
        frozen=True,
        case_sensitive=True,
        protected_namespaces=(),
    )

    port: int = _setting(8080, "TCP port to serve on; 0 takes any free one", "PORT", ge=0, le=65535)
    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 for all")
    model: Path = _setting(REPOSITORY / "model", "folder of an exported model", "MODEL")
    max_upload_mb: Megabytes = _setting(200.0, "largest request that /predict takes, MB")
    max_files: Number = _setting(32, "songs in one request")
    max_duration_min: Minutes = _setting(
        (USUAL.max_duration_s or 0) / 60, "longest song, and longest songs of a request together, minutes"
    )
    max_sample_rate_hz: Number = _setting(USUAL.max_sample_rate_hz, "highest sample rate of a song, Hz")
    max_channels: Number = _setting(USUAL.max_channels, "most channels of a song")
    decode_timeout_s: Seconds = _setting(USUAL.timeout_s, "longest time to decode one, s; as much of one core's time")
    decode_memory_mb: Megabytes = _setting(USUAL.memory_mb, "most memory of the process that decodes one, MB (Linux)")
    max_analyses: Number = _setting(usable_cores(), "songs analysed at the same time, one a core; others wait")
    max_waiting: Number = _setting(16, "requests taken in beyond those, being sent or waiting; more get 503")
    workers: Number = _setting(1, "processes that serve; they share the two numbers above")
    head_timeout_s: Seconds = _setting(20.0, "longest time for a request's head to arrive, s")
    idle_timeout_s: Seconds = _setting(20.0, "longest time in which nothing of a song arrives, s")
    log: Literal["text", "json"] = _setting("text", "form of the log's lines: text or json")
    upload_timeout_s: Seconds = _setting(600.0, "longest time for a song to arrive, s")
    allowed_origins: Origins = _setting(
        (), "origins of other sites whose pages may send songs to /predict, with commas between"
    )
    decode_replicas_min: Number = _setting(1, "on Ray, fewest replicas that take songs in and decode them")
    decode_replicas_max: Number = _setting(2, "on Ray, most of these; as many as keep MAX_ANALYSES requests in each")
    network_replicas_min: Number = _setting(1, "on Ray, fewest replicas that run the network")
    network_replicas_max: Number = _setting(2, "on Ray, most of these; as many as keep NETWORK_TARGET calls in each")
    network_target: Number = _setting(16, "on Ray, calls under way that a replica of the network is to have")
    network_gpus: GpuShare = _setting(0.0, "on Ray, GPUs that each of these has; 0.5 is half a one")
    batch_windows: Number = _setting(16, "on Ray, most windows (of 10 s of sound) that the network runs at a time")
    batch_wait_ms: Milliseconds = _setting(2.0, "on Ray, longest time that the first of them waits for others, ms")

    def of_one_worker(self) -> Settings:
        """With its share of what the server may do at a time, of which it has one at least."""
        share = {name: math.ceil(getattr(self, name) / self.workers) for name in ("max_analyses", "max_waiting")}
        return self.model_copy(update=share)


def read_settings(given: Mapping[str, str] = MappingProxyType({})) -> Settings:
    """The environment's variables that are set and not empty, and those given instead. Raises SettingsError."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic makes of text what it stands for
    except ValidationError as error:
        raise SettingsError("; ".join(_in_words(dict(problem)) for problem in error.errors())) from None


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return str(Settings.model_fields[name].alias)


def unknown_variables() -> list[str]:
    """Of the environment, that look like settings and are none."""
    known = set(map(variable_of, Settings.model_fields))
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def settings_table() -> str:
    """The settings as lines of text, for --help."""
    return "\n".join(
        f"  {variable_of(name):<30} {setting.description} (default: {default_in_words(setting)})"
        for name, setting in Settings.model_fields.items()
    )


def default_in_words(setting: FieldInfo) -> str:
    """As the tables show it."""
    default = setting.default
    if isinstance(default, Path):
        return "the shipped one"
    if default == ():
        return "none"
    return f"{default:g}" if isinstance(default, float) else str(default)


def _in_words(problem: dict[str, Any]) -> str:
    place, found = str(problem["loc"][0]), problem["input"]
    match problem["type"], problem.get("ctx", {}):
        case "greater_than", {"gt": bound}:
            wanted = f"above {bound}"
        case (("greater_than_equal" | "less_than_equal"), _) if place == "PORT":
            wanted = "0 to 65535"
        case "greater_than_equal", {"ge": bound}:
            wanted = f"at least {bound:g}"
        case "literal_error", {"expected": values}:
            wanted = str(values)
        case "string_pattern_mismatch", _:
            wanted = "an origin such as https://songs.example.org"
        case "finite_number", _:
            wanted = "a finite number"
        case _:
            wanted = "a whole number" if problem["type"].startswith("int") else "a number"
    return f"{place} is {found!r}, must be {wanted}"
