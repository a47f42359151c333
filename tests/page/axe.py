"""axe-core (a development package, see package.json) on the page as it stands in the browser."""

from __future__ import annotations

from functools import lru_cache

from tests.page.browser import Page
from tests.support import REPOSITORY

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """
if (!window.axe) throw new Error("axe is not in the page");
const { violations } = await axe.run(document, { runOnly: args[0], resultTypes: ["violations"] });
return violations.map(({ id, help, nodes }) =>
  `${id}: ${help}: ` + nodes.map(({ target, failureSummary }) => `${target} (${failureSummary})`).join("; "));
"""


@lru_cache(maxsize=1)
def _axe() -> str:
    return (REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What in the page's present state breaks WCAG 2.2 AA, or is not good practice: rule, reason and elements."""
    if not page.driver.execute_script("return Boolean(window.axe)"):
        page.driver.execute_script(_axe())
    return [str(line) for line in page.run(RUN, TAGS)]
