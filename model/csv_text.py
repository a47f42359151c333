"""Lines of CSV (RFC 4180) that spreadsheets take as text and numbers, and as nothing else; the page writes the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# Spreadsheets run what begins like this as a formula (OWASP, "CSV injection"); after an apostrophe it is text.
FORMULA = re.compile(r"[=+\-@\t\r]")

Field = str | float | bool


def csv_line(fields: Iterable[Field]) -> str:
    """One line, its end included. Texts are guarded, numbers are not."""
    line = io.StringIO()
    csv.writer(line).writerow([_text(field) for field in fields])
    return line.getvalue()


def _text(field: Field) -> str:
    if isinstance(field, bool):
        return str(field).lower()
    if isinstance(field, str):
        return f"'{field}" if FORMULA.match(field) else field
    return f"{field:.6f}".rstrip("0").rstrip(".")
