"""`python -m tests.lighthouse`: Lighthouse's scores of the page, from our own server in the Chromium that is here.

On a phone with a slow network, as Lighthouse simulates it, and on a desktop computer. Ends with 1 when a score is below
the goal, after naming what cost points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.page.browsers import program
from tests.support import REPOSITORY, ServerProcess

LIGHTHOUSE = REPOSITORY / "tools" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices")
GOAL = 0.95
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}


def audit(url: str, *options: str) -> dict[str, Any]:
    """Lighthouse's report. It tells nobody: error reporting is off."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            "node", LIGHTHOUSE, url, "--quiet", "--no-enable-error-reporting",
            f"--only-categories={','.join(CATEGORIES)}", "--output=json", f"--output-path={report}",
            "--chrome-flags=--headless=new --no-sandbox --disable-quic", *options,
        ]  # fmt: skip
        chromium = program("chromium", "chromium-browser", "google-chrome")
        subprocess.run(command, check=True, timeout=300, env=os.environ | {"CHROME_PATH": chromium})
        return dict(json.loads(report.read_text(encoding="utf-8")))


def lines(device: str, report: Mapping[str, Any]) -> Iterator[str]:
    """A score a line, and below each what cost points."""
    for name in CATEGORIES:
        category = report["categories"][name]
        verdict = "met" if is_met(report, name) else f"below {GOAL}"
        yield f"{device:<8} {name:<16} {category['score'] or 0:.2f}  {verdict}"
        for part in category["auditRefs"]:
            found = report["audits"][part["id"]]
            if part["weight"] and found["score"] is not None and found["score"] < 1:
                yield f"           {found['score']:.2f} {found['title']}: {found.get('displayValue', '')}"


def is_met(report: Mapping[str, Any], category: str) -> bool:
    """A category that could not be scored is not met."""
    return (report["categories"][category]["score"] or 0) >= GOAL


def main() -> int:
    """Audits, prints, and gives the exit code."""
    server = ServerProcess()
    try:
        server.wait_until_ready()  # loading the model takes the processor from the page
        reports = {device: audit(f"{server.url}/", *options) for device, options in DEVICES.items()}
    finally:
        server.stop()
    print("\n".join(line for device, report in reports.items() for line in lines(device, report)))
    return int(not all(is_met(report, name) for report in reports.values() for name in CATEGORIES))


if __name__ == "__main__":
    sys.exit(main())
