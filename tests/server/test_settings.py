"""server/settings.py: the table, its defaults and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import (
    Settings,
    SettingsError,
    default_in_words,
    read_settings,
    settings_table,
    unknown_variables,
    variable_of,
)
from tests.support import REPOSITORY

EVERY = {
    "PORT": "81",
    "MODEL": "/some/folder",
    "GENRESCOPE_HOST": "::1",
    "GENRESCOPE_MAX_UPLOAD_MB": "1.5",
    "GENRESCOPE_MAX_FILES": "9",
    "GENRESCOPE_MAX_DURATION_MIN": "2",
    "GENRESCOPE_MAX_SAMPLE_RATE_HZ": "48000",
    "GENRESCOPE_MAX_CHANNELS": "2",
    "GENRESCOPE_DECODE_TIMEOUT_S": "3",
    "GENRESCOPE_DECODE_MEMORY_MB": "300",
    "GENRESCOPE_MAX_ANALYSES": "4",
    "GENRESCOPE_MAX_WAITING": "5",
    "GENRESCOPE_WORKERS": "3",
    "GENRESCOPE_HEAD_TIMEOUT_S": "6",
    "GENRESCOPE_IDLE_TIMEOUT_S": "7",
    "GENRESCOPE_LOG": "json",
    "GENRESCOPE_UPLOAD_TIMEOUT_S": "8.5",
    "GENRESCOPE_ALLOWED_ORIGINS": "https://a.example, http://[::1]:8000",
    "GENRESCOPE_DECODE_REPLICAS_MIN": "2",
    "GENRESCOPE_DECODE_REPLICAS_MAX": "11",
    "GENRESCOPE_NETWORK_REPLICAS_MIN": "3",
    "GENRESCOPE_NETWORK_REPLICAS_MAX": "12",
    "GENRESCOPE_NETWORK_TARGET": "13",
    "GENRESCOPE_NETWORK_GPUS": "0.25",
    "GENRESCOPE_BATCH_WINDOWS": "32",
    "GENRESCOPE_BATCH_WAIT_MS": "0",
}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in EVERY:
        monkeypatch.delenv(variable, raising=False)


def test_defaults() -> None:
    assert read_settings().port == 8080
    assert read_settings().model.joinpath("contract.json").is_file()


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(EVERY) == set(map(variable_of, Settings.model_fields))
    for variable, value in EVERY.items():
        monkeypatch.setenv(variable, value)
    assert read_settings().model_dump() == {
        "port": 81, "model": Path("/some/folder"), "host": "::1", "max_upload_mb": 1.5, "max_files": 9,
        "max_duration_min": 2.0, "max_sample_rate_hz": 48000, "max_channels": 2, "decode_timeout_s": 3.0,
        "decode_memory_mb": 300.0, "max_analyses": 4, "max_waiting": 5, "workers": 3,
        "head_timeout_s": 6.0, "idle_timeout_s": 7.0, "log": "json", "upload_timeout_s": 8.5,
        "allowed_origins": ("https://a.example", "http://[::1]:8000"),
        "decode_replicas_min": 2, "decode_replicas_max": 11, "network_replicas_min": 3, "network_replicas_max": 12,
        "network_target": 13, "network_gpus": 0.25, "batch_windows": 32, "batch_wait_ms": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(("workers", "analyses", "waiting"), [(1, 4, 16), (2, 2, 8), (3, 2, 6), (32, 1, 1)])
def test_workers_share_what_may_be_done_at_a_time(workers: int, analyses: int, waiting: int) -> None:
    given = {"GENRESCOPE_WORKERS": str(workers), "GENRESCOPE_MAX_ANALYSES": "4", "GENRESCOPE_MAX_WAITING": "16"}
    share = read_settings(given).of_one_worker()
    assert (share.max_analyses, share.max_waiting) == (analyses, waiting)


def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "81")
    assert read_settings({"PORT": "82"}).port == 82


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("MODEL", "")
    assert read_settings().port == 8080
    assert read_settings().model.is_dir()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "http", "PORT is 'http', must be a whole number"),
        ("PORT", "65536", "PORT is '65536', must be 0 to 65535"),
        ("PORT", "-1", "PORT is '-1', must be 0 to 65535"),
        ("GENRESCOPE_MAX_ANALYSES", "0", "GENRESCOPE_MAX_ANALYSES is '0', must be above 0"),
        ("GENRESCOPE_MAX_ANALYSES", "1.5", "GENRESCOPE_MAX_ANALYSES is '1.5', must be a whole number"),
        ("GENRESCOPE_MAX_UPLOAD_MB", "-2", "GENRESCOPE_MAX_UPLOAD_MB is '-2', must be above 0"),
        ("GENRESCOPE_DECODE_TIMEOUT_S", "nan", "GENRESCOPE_DECODE_TIMEOUT_S is 'nan', must be a finite number"),
        ("GENRESCOPE_IDLE_TIMEOUT_S", "inf", "GENRESCOPE_IDLE_TIMEOUT_S is 'inf', must be a finite number"),
        ("GENRESCOPE_BATCH_WAIT_MS", "-1", "GENRESCOPE_BATCH_WAIT_MS is '-1', must be at least 0"),
        ("GENRESCOPE_LOG", "xml", "GENRESCOPE_LOG is 'xml', must be 'text' or 'json'"),
        (
            "GENRESCOPE_ALLOWED_ORIGINS",
            "https://a.example/",
            "GENRESCOPE_ALLOWED_ORIGINS is 'https://a.example/', must be an origin such as https://songs.example.org",
        ),
        ("GENRESCOPE_ALLOWED_ORIGINS", "*", r"GENRESCOPE_ALLOWED_ORIGINS is '\*', must be an origin such as"),
        ("GENRESCOPE_HEAD_TIMEOUT_S", "soon", "GENRESCOPE_HEAD_TIMEOUT_S is 'soon', must be a number"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=message):
        read_settings()


def test_all_that_cannot_be_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRESCOPE_MAX_CHANNELS", "0")
    with pytest.raises(SettingsError, match=r"PORT is 'x'.*; GENRESCOPE_MAX_CHANNELS is '0'"):
        read_settings({"PORT": "x"})


def test_table_names_each_variable_once() -> None:
    lines = settings_table().splitlines()
    assert [line.split()[0] for line in lines] == list(map(variable_of, Settings.model_fields))


def test_the_documented_table_is_this_one() -> None:
    documented = (REPOSITORY / "docs" / "server.md").read_text(encoding="utf-8")
    for name, setting in Settings.model_fields.items():
        default = "the cores" if name == "max_analyses" else default_in_words(setting)
        assert f"| `{variable_of(name)}` | {setting.description} | {default} |" in documented


@pytest.mark.parametrize("name", ["GENRESCOPE_PORT", "port", "GENRESCOPE_MODEL", "genrescope_max_channels"])
def test_other_names_are_no_settings(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Kubernetes sets the first one, to an address, where the service is called genrescope."""
    monkeypatch.setenv(name, "tcp://10.0.0.1:80")
    assert read_settings() == Settings()
    assert unknown_variables() == ([name] if name.startswith("GENRESCOPE_") else [])
