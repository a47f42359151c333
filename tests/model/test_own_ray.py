"""Ray that is one command's own: its secret and folder; and an address at which there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.own_ray import check_address, keep_a_secret, own_folder


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "[::1]:9", "127.0.0.1:99999", "no..host:1"])
def test_an_address_at_which_nobody_is_is_said_at_once(address: str) -> None:
    with pytest.raises(ConnectionError, match=r"\w"):
        check_address(address)


def test_others_are_for_ray_to_find() -> None:
    check_address("auto")


def test_each_command_has_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for _ in range(2):
        monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
        keep_a_secret()
        found.add(os.environ["RAY_AUTH_TOKEN"])
    assert len(found) == 2
    assert min(map(len, found)) == 64
    monkeypatch.setenv("RAY_AUTH_TOKEN", "given")
    keep_a_secret()
    assert os.environ["RAY_AUTH_TOKEN"] == "given"  # noqa: S105 - none


def test_its_folder_is_its_users_alone_and_goes_with_it() -> None:
    with own_folder("test") as options:
        folder = Path(options["_temp_dir"])
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder)) < 40  # Ray's sockets lie 60 letters below it
    assert not folder.exists()
