"""Of what is no music there are few signals."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def few_signals() -> Iterator[None]:
    """Of each synthetic kind as many as the tests need: all of them take seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 5)
        yield
