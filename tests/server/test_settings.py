"""server/settings.py: the table, its defaults and what is refused."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from server.settings import Settings, SettingsError, settings_table


def test_defaults_are_those_of_an_empty_environment() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings().port == 8080
    assert Settings().model.joinpath("contract.json").is_file()


def test_every_variable_is_read() -> None:
    environment = {
        "PORT": "81",
        "MODEL": "/some/folder",
        "GENRESCOPE_HOST": "::1",
        "GENRESCOPE_MAX_UPLOAD_MB": "1.5",
        "GENRESCOPE_MAX_DURATION_MIN": "2",
        "GENRESCOPE_DECODE_TIMEOUT_S": "3",
        "GENRESCOPE_MAX_UPLOADS": "5",
        "GENRESCOPE_MAX_ANALYSES": "4",
    }
    assert set(environment) == {setting.metadata["variable"] for setting in fields(Settings)}
    assert Settings.from_environment(environment) == Settings(
        port=81,
        model=Path("/some/folder"),
        host="::1",
        max_upload_mb=1.5,
        max_duration_min=2.0,
        decode_timeout_s=3.0,
        max_uploads=5,
        max_analyses=4,
    )


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert Settings.from_environment({"PORT": "", "MODEL": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "http", "PORT is 'http', must be a number"),
        ("PORT", "65536", "PORT is 65536, must be 0 to 65535"),
        ("PORT", "-1", "PORT is -1, must be 0 to 65535"),
        ("GENRESCOPE_MAX_ANALYSES", "0", "GENRESCOPE_MAX_ANALYSES is 0, must be above 0"),
        ("GENRESCOPE_MAX_ANALYSES", "1.5", "must be a number"),
        ("GENRESCOPE_MAX_UPLOAD_MB", "-2", "GENRESCOPE_MAX_UPLOAD_MB is -2.0, must be above 0"),
        ("GENRESCOPE_DECODE_TIMEOUT_S", "nan", "GENRESCOPE_DECODE_TIMEOUT_S is nan, must be above 0"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.from_environment({variable: value})


def test_table_names_each_variable_once() -> None:
    lines = settings_table().splitlines()
    assert [line.split()[0] for line in lines] == [setting.metadata["variable"] for setting in fields(Settings)]
