"""`python -m server`: checks the settings and the model folder, then serves until it is told to stop."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from model.contract import Contract, ContractError, load_contract
from model.own_ray import EMBEDDED
from model.programs import what_is_missing
from server.logs import logger, start_logging
from server.page_words import PageWordsError, page_words
from server.ray_start import serve_on_ray
from server.settings import STATIC, Settings, SettingsError, read_settings, settings_table, unknown_variables

BACKLOG = 2048


class StartError(Exception):
    """Why the server cannot start, in one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves. Returns the exit code: 2 when something that it needs is wrong, after one sentence about it."""
    parser = argparse.ArgumentParser(
        prog="python -m server",
        description="Serve the Genrescope page and POST /predict.",
        epilog="Environment variables:\n" + settings_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", help="TCP port, instead of the variable PORT")
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="on the Ray cluster there (docs/ray-serve.md); local: on one here"
    )
    options = parser.parse_args(arguments)
    try:
        settings = read_settings({"PORT": options.port} if options.port else {})
        if missing := what_is_missing():
            raise StartError(missing)
        contract = load_contract(settings.model)
        page_words(STATIC)  # what is wrong with them is said here, and not to the first visitor
        if options.ray and find_spec("ray") is None:
            raise StartError("Ray is not installed: run make setup-scale")
        # A cluster's proxies listen where they are, and may do so already.
        listener = _listen(settings) if options.ray in (None, EMBEDDED) else None
    except (SettingsError, StartError, ContractError, PageWordsError) as error:
        print(f"genrescope: {error}", file=sys.stderr)
        return 2
    start_logging(settings.log)
    for variable in unknown_variables():
        logger().warning("no such setting: it is ignored", variable=variable)
    if options.ray:
        return _serve_on_ray(settings, contract, listener, options.ray)
    assert listener is not None  # noqa: S101 - for mypy
    _serve(settings, contract, listener)
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        address = f"{settings.host} port {settings.port}"
        raise StartError(f"cannot listen on {address}: {error.strerror}") from error
    # asyncio leaves it out of sockets made like this, and each answer's body would wait 40 ms for its head's receipt.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _serve_on_ray(settings: Settings, contract: Contract, listener: socket.socket | None, address: str) -> int:
    """listener: shows that the port is free, and gives one in place of 0; Serve's proxy listens itself."""
    if listener is not None:
        _say_where(contract, listener)
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        listener.close()
    try:
        serve_on_ray(settings, address)
    except (ConnectionError, RuntimeError) as error:
        print(f"genrescope: not on Ray at {address}: {error}", file=sys.stderr)
        return 2
    return 0


def _say_where(contract: Contract, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    print(f"Genrescope is at http://{shown}:{port}/  (model {contract.name} {contract.version})", flush=True)


def _serve(settings: Settings, contract: Contract, listener: socket.socket) -> None:
    _say_where(contract, listener)
    if settings.workers > 1:
        from server.workers import serve_by_workers

        serve_by_workers(settings, contract, listener)
    else:
        from server.serving import serve  # half a second of imports, of which a supervisor needs none

        serve(settings, contract, listener)


if __name__ == "__main__":
    sys.exit(main())
