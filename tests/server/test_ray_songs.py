"""server/ray_songs.py: Serve cancels a request whose client has gone; the application hears of it as from uvicorn."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.ray_songs import Undisturbed


def test_who_is_cancelled_is_told_and_may_end_what_it_does() -> None:
    said = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        said.append((await receive())["type"])
        said.append((await receive())["type"])
        await asyncio.sleep(0.05)  # a thread that still reads the song's file
        await send({"type": "http.response.start", "status": 200, "headers": []})
        said.append("has ended")

    async def main() -> None:
        messages: asyncio.Queue[Message] = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})

        async def send(_: Message) -> None:
            said.append("was sent")

        request = asyncio.create_task(Undisturbed(app)({"type": "http"}, messages.get, send))
        while not said:
            await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(main())
    assert said == ["http.request", "http.disconnect", "has ended"]


def test_others_are_not_disturbed() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await send(await receive())
        raise ZeroDivisionError

    async def main() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"x"}

        async def send(message: Message) -> None:
            sent.append(message)

        with pytest.raises(ZeroDivisionError):
            await Undisturbed(app)({"type": "http"}, receive, send)
        return sent

    assert asyncio.run(main()) == [{"type": "http.request", "body": b"x"}]
