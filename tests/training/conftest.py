"""Exported networks are tried in the same browser as the page; of what is no music there are few signals."""

from collections.abc import Iterator

import pytest

from tests.page.conftest import chromium

__all__ = ["chromium"]


@pytest.fixture(scope="session", autouse=True)
def few_signals() -> Iterator[None]:
    """Of each synthetic kind as many as the tests need: all of them take seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 5)
        yield
