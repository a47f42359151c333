"""What the bench asks of the server."""

from __future__ import annotations

import pytest

from tests.bench.server_runs import changed_percent


def test_share_of_rows_with_another_top_genre() -> None:
    assert changed_percent([1, 2, 3, 4], [1, 2, 9, 4]) == 25
    with pytest.raises(ValueError, match="shorter"):
        changed_percent([1, 2], [1])
