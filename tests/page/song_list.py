"""The page's list of songs, as the tests see it."""

from __future__ import annotations

import json
from typing import Any

from tests.page.browser import Page

# Songs by file name: `begun` are those that the analyser was given; one in `holds` seems to take until it is let go.
WATCH = """
const { Analyser } = await load("engine/analyser.js");
const { analyse } = Analyser.prototype;
Object.assign(window, { begun: [], holds: new Set(args), gates: new Map() });
window.letGo = (name) => { holds.delete(name); gates.get(name)?.(); };
Analyser.prototype.analyse = async function (file, watcher) {
  begun.push(file.name);
  const analysis = await analyse.call(this, file, watcher);
  if (holds.has(file.name)) await new Promise((resolve) => gates.set(file.name, resolve));
  return analysis;
};
"""
ROWS = """
return [...document.querySelectorAll("#library-table tbody tr:not(.spacer)")].map((row) => ({
  title: row.querySelector(".open").textContent,
  ...Object.fromEntries([...row.cells].slice(2).map((cell) => [cell.className.split(" ")[0], cell.textContent])),
  reason: row.querySelector(".reason").textContent,
  state: row.dataset.state,
  is_opened: row.querySelector("[aria-current=true]") !== null,
}))
"""


def watch(page: Page, *held: str) -> None:
    """Counts what the analyser is given from now on, and holds some of it."""
    page.run(WATCH, *held)


def let_go(page: Page, name: str) -> None:
    page.driver.execute_script("letGo(arguments[0])", name)


def begun(page: Page) -> list[str]:
    return list(page.driver.execute_script("return begun"))


def rows(page: Page) -> list[dict[str, Any]]:
    """What the table shows, row by row."""
    return list(page.driver.execute_script(ROWS))


def states(page: Page) -> list[str]:
    return [row["state"] for row in rows(page)]


def wait_for_states(page: Page, *expected: str) -> None:
    """In the order of the table."""
    shown = "[...document.querySelectorAll('#library-table tbody tr:not(.spacer)')].map((row) => row.dataset.state)"
    page.wait_for(f"{shown}.join() === '{','.join(expected)}'")


def button_of_row(title: str) -> str:
    """An expression: the button with this title in the table, once it is drawn."""
    return (
        f"[...document.querySelectorAll('#library-table .open')].find((one) => one.textContent === {json.dumps(title)})"
    )


def open_row(page: Page, title: str) -> None:
    page.wait_for(button_of_row(title)).click()
