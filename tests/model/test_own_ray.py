"""Ray that is one command's own: its secret and folder; and an address at which there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model import own_ray
from model.own_ray import PREFIX, SURELY_LOCKED_S, check_address, keep_a_secret, own_folder
from tests.support import REPOSITORY


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
    with own_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder)) < 40  # Ray's sockets lie 60 letters below it
    assert not folder.exists()


HOLD_ONE = """
from model.own_ray import own_folder
with own_folder() as folder:
    print(folder, flush=True)
    input()
"""


def test_what_a_killed_command_has_left_is_deleted_by_the_next_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_ray, "SHORT_FOLDER", str(tmp_path))
    command = subprocess.Popen(
        [sys.executable, "-c", HOLD_ONE], cwd=REPOSITORY, env=os.environ | {"RAY_TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with command:
        assert command.stdout
        held, new = Path(command.stdout.readline().strip()), tmp_path / f"{PREFIX}new"
        new.mkdir()
        (tmp_path / f"{PREFIX}link").symlink_to(tmp_path)
        for _ in range(2):
            long_ago_s = time.time() - 2 * SURELY_LOCKED_S
            os.utime(held, (long_ago_s, long_ago_s))
            is_alive = command.poll() is None
            with own_folder():
                assert held.exists() is is_alive
            command.kill()
            command.wait()
    assert {path.name for path in tmp_path.iterdir()} == {new.name, f"{PREFIX}link"}
