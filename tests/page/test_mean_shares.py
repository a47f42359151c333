"""static/ui/mean-shares.js: the mean of rows of which the last ones change."""

from __future__ import annotations

import numpy as np

from tests.page.browser import Page


def test_it_is_the_mean_of_what_was_given_last(module_page: Page) -> None:
    script = """
    const { MeanShares } = await load("ui/mean-shares.js");
    const means = new MeanShares(2);
    const rows = [[0.1, 0.9], [0.2, 0.8], [0.4, 0.6], [1, 0]];
    const found = [means.shares];
    for (const given of [rows.slice(0, 3), [rows[0], rows[1], [0.7, 0.3]], rows, rows.slice(0, 1), rows]) {
      means.update(given);
      found.push(means.shares);
    }
    return found;
    """
    expected = [[0, 0], [0.7 / 3, 2.3 / 3], [1 / 3, 2 / 3], [0.425, 0.575], [0.1, 0.9], [0.425, 0.575]]
    np.testing.assert_allclose(module_page.run(script), expected, rtol=0, atol=1e-12)
