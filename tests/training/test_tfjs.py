"""training/tfjs.py: a real browser runs what is written, and computes the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from model.network import ARCHITECTURES
from tests.page.browser import PRELUDE, packed
from tests.support import REPOSITORY
from tests.training.support import busy_network
from training.errors import TrainingError
from training.graph import Op
from training.lower import lower
from training.tfjs import write_graph_model

RUN = """
const [window, n_frames, n_mels] = args;
const { loadNetwork } = await load("network/tf.js");
const network = await loadNetwork(new URL("model/model.json", document.baseURI).href, n_frames, n_mels);
return Array.from(await network(unpack(window)));
"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder with the page's modules in it, and its address."""
    (tmp_path / "static").symlink_to(REPOSITORY / "static")
    (tmp_path / "index.html").write_text("<!doctype html><title>a network alone</title>", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def in_browser(driver: WebDriver, url: str, window: np.ndarray) -> np.ndarray:
    driver.get(url)
    answer = driver.execute_async_script(
        f"{PRELUDE} const done = arguments[arguments.length - 1];"
        f"(async (...args) => {{ {RUN} }})(...arguments)"
        ".then(done, (error) => done(`${error.name}: ${error.message}`));",
        packed(window),
        *window.shape,
    )
    assert isinstance(answer, list), answer
    return np.array(answer)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_a_browser_computes_the_same(architecture: str, site: tuple[Path, str], chromium: WebDriver) -> None:
    folder, url = site
    network = busy_network(architecture)
    write_graph_model(lower(network), folder / "model")
    window = np.random.default_rng(0).uniform(-80, 0, (128, 128)).astype(np.float32)
    expected = network.predict_on_batch(window[np.newaxis]).ravel()
    scale = np.abs(expected).max()
    np.testing.assert_allclose(in_browser(chromium, url, window) / scale, expected / scale, atol=5e-4)


def test_an_operation_that_the_page_may_not_have_is_refused(tmp_path: Path) -> None:
    odd = Op("Betainc", (128, 128), (Op("Placeholder", (128, 128)),))
    with pytest.raises(TrainingError, match="the page is not known to run Betainc"):
        write_graph_model(odd, tmp_path / "model")
