"""server/problems.py: what a crash answers, and that every kind is documented; routes' tests meet the others."""

from __future__ import annotations

import asyncio
import re

import httpx
from fastapi import FastAPI

from model import audio
from server.headers import SECURITY_HEADERS, SecurityHeaders
from server.problems import KINDS, install_problem_handlers
from tests.support import REPOSITORY, assert_problem


async def get(app: SecurityHeaders, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


def test_a_crash_tells_nothing_of_the_inside() -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError("/secret/path")

    response = asyncio.run(get(SecurityHeaders(app), "/crash"))
    assert_problem(response, 500, "internal_error")
    assert "secret" not in response.text
    assert "ZeroDivisionError" not in response.text
    assert all(response.headers[name] == value for name, value in SECURITY_HEADERS.items())


def test_every_audio_error_is_a_kind_of_problem() -> None:
    codes = {error.code for error in audio.AudioError.__subclasses__()}
    assert codes == {"not_audio", "broken_audio", "unsupported_audio", "too_short", "too_long", "decode_timeout"}
    assert codes <= set(KINDS)


def test_every_kind_is_documented_beside_its_status() -> None:
    documented = (REPOSITORY / "docs" / "server.md").read_text(encoding="utf-8")
    for code, kind in KINDS.items():
        assert re.search(rf"^\| [^|]*{kind.status}[^|]*\| .*`{code}`", documented, re.MULTILINE), code
