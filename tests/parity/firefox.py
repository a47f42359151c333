"""Firefox with scripts in the page's own world.

Classic WebDriver runs them in a sandbox around it, where TF.js cannot start its WebAssembly; WebDriver BiDi does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from selenium import webdriver
from selenium.webdriver.firefox.service import Service

from tests.page.browsers import BROWSERS, SCRIPT_TIMEOUT_S

CALL = "(...args) => new Promise((resolve) => (function () {{ {script} }})(...args, resolve)).then(JSON.stringify)"


class _Firefox(webdriver.Firefox):
    def set_script_timeout(self, time_to_wait: float) -> None:
        """To be called before the first script."""
        self.command_executor.client_config.websocket_timeout = time_to_wait

    def execute_async_script(self, script: str, *args: Any) -> Any:
        """As the classic one, for arguments and answers that JSON can hold."""
        return json.loads(self.script.execute(CALL.format(script=script), *args)["value"])


@contextmanager
def _firefox() -> Iterator[webdriver.Firefox]:
    parts = FIREFOX.parts()
    options = webdriver.FirefoxOptions()
    options.binary_location = str(parts["firefox"])
    options.add_argument("-headless")
    options.enable_bidi = True
    driver = _Firefox(options=options, service=Service(str(parts["geckodriver"])))
    driver.set_script_timeout(SCRIPT_TIMEOUT_S)
    try:
        yield driver
    finally:
        driver.quit()


FIREFOX = replace(BROWSERS["Firefox"], open=_firefox)
