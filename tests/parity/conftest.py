"""Parity runs in the same browser as the tests of the page."""

from tests.page.conftest import chromium, module_page, page

__all__ = ["chromium", "module_page", "page"]
