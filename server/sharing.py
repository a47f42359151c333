"""A server that is one of several on the same listening socket, and leaves connections to those with less to do.

asyncio takes all that wait at once: the worker that wakes first would have every client of a burst, others none.
"""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from server.logs import logger

HESITATION_S, LONGEST_HESITATION_S = 0.001, 0.005  # for each request under way; at most
PAUSE_S = 1.0  # where no connection can be taken, for want of descriptors


class SharingServer(uvicorn.Server):
    """Takes one connection at a time, the later the more requests it has; others may be faster then."""

    _acceptor: asyncio.Task[None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but for how connections are taken."""
        await super().startup([])
        (listener,) = sockets or []
        listener.setblocking(False)
        self._acceptor = asyncio.create_task(self._accept(listener))
        self._acceptor.add_done_callback(self._leave_if_it_failed)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more, and then as uvicorn's."""
        self._acceptor.cancel()
        await asyncio.wait([self._acceptor])
        await super().shutdown(sockets)

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            await _until_readable(listener)
            await asyncio.sleep(min(self._n_under_way() * HESITATION_S, LONGEST_HESITATION_S))
            try:
                connection, _ = listener.accept()
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
            except (BlockingIOError, ConnectionError):  # another one has it; it has gone
                continue
            except OSError:
                await asyncio.sleep(PAUSE_S)

    def _leave_if_it_failed(self, acceptor: asyncio.Task[None]) -> None:
        """Another worker comes in place of one that takes no connections."""
        if not acceptor.cancelled():
            logger().error("no connection can be taken any more", exc_info=acceptor.exception())
            self.should_exit = True

    def _n_under_way(self) -> int:
        """New connections count: what they ask for is on its way."""
        cycles = [getattr(connection, "cycle", None) for connection in self.server_state.connections]
        return sum(cycle is None or not cycle.response_complete for cycle in cycles)

    def _protocol(self) -> asyncio.Protocol:
        kind = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]


async def _until_readable(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    is_readable = asyncio.Event()
    loop.add_reader(listener, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(listener)
