"""Fixtures that tests of several parts share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import REPOSITORY, ServerProcess

OTHER_PEOPLES_SONGS = REPOSITORY.parent / "shared" / "data" / "songs"  # licensed music that we may not ship


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    """A server with the shipped model, shared by all tests. Its page is up, its model may be loading."""
    process = ServerProcess()
    try:
        process.wait_for_page()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def server_url(server: ServerProcess) -> str:
    """Where the page is, without a slash at the end: http://127.0.0.1:PORT."""
    return server.url


@pytest.fixture(scope="session")
def ready_server(server: ServerProcess) -> ServerProcess:
    """The shared server, its model loaded: /predict works."""
    server.wait_until_ready()
    return server


@pytest.fixture(scope="session")
def other_peoples_songs() -> Path:
    """The folder of licensed songs that some checks can additionally use."""
    if not OTHER_PEOPLES_SONGS.is_dir():
        pytest.skip("extra test: the folder of licensed songs is not here")
    return OTHER_PEOPLES_SONGS
