"""Connections that wait for no client for ever: for the head of a request, or for room to send an answer.

uvicorn's own timeout is for connections that rest between two requests; a request's body is timed where it is read.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.settings import Settings


class PatientConnection(H11Protocol):
    """By h11, which reads on when a request was refused early, so that the client gets to hear it."""

    head_timeout_s: float
    idle_timeout_s: float

    _head_timer: asyncio.TimerHandle | None = None
    _room_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """The first head is waited for."""
        super().connection_made(transport)
        self._time_head()

    def data_received(self, data: bytes) -> None:
        """A head that comes byte by byte has no more time for it."""
        super().data_received(data)
        self._time_head()

    def pause_writing(self) -> None:
        """The client does not take all at once that is sent to it."""
        super().pause_writing()
        self._time_room()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._stop(self._room_timer)

    def timeout_keep_alive_handler(self) -> None:
        """The connection rests, or an answer has not been taken to its end."""
        super().timeout_keep_alive_handler()
        self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop(self._head_timer)
        self._stop(self._room_timer)
        super().connection_lost(exc)

    def _time_head(self) -> None:
        """Also the rest of a body that nobody reads, because its request was refused."""
        is_refused = self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY
        if not is_refused and self.conn.their_state is not h11.IDLE:
            self._stop(self._head_timer)
            self._head_timer = None
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.head_timeout_s, self._close)

    def _close(self) -> None:
        """Not before all is sent, but that is not waited for for ever either."""
        self.transport.close()
        self._time_room()

    def _time_room(self) -> None:
        """Who takes some of it in time has as much again for the rest."""
        self._stop(self._room_timer)
        unsent = self.transport.get_write_buffer_size()
        self._room_timer = self.loop.call_later(self.idle_timeout_s, self._check_room, unsent)

    def _check_room(self, unsent_before: int) -> None:
        if self.transport.get_write_buffer_size() < unsent_before:
            self._time_room()
        else:
            self.transport.abort()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


def patient(settings: Settings) -> type[PatientConnection]:
    """The class of connections that are as patient as the settings say."""
    times = {"head_timeout_s": settings.head_timeout_s, "idle_timeout_s": settings.idle_timeout_s}
    return type("SettledConnection", (PatientConnection,), times)
