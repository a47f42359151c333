"""Parity runs in the same browser as the tests of the page."""

from __future__ import annotations

import pytest

from model.predictor import Predictor
from tests.page.conftest import chromium, module_page, page
from tests.support import REPOSITORY

__all__ = ["chromium", "module_page", "page"]


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """Python's side, with the shipped model."""
    return Predictor(REPOSITORY / "model")
