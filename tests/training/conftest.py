"""Exported networks are tried in the same browser as the page."""

from tests.page.conftest import chromium

__all__ = ["chromium"]
