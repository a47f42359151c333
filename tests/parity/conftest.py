"""Python's side of parity."""

from __future__ import annotations

import pytest

from model.predictor import Predictor
from tests.support import REPOSITORY


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """Python's side, with the shipped model."""
    return Predictor(REPOSITORY / "model")
