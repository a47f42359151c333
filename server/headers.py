"""Headers of every answer: they keep the page to its own origin, and share its process with no other's."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMING = "frame-ancestors 'self'"


def page_policy(hearer: str = "") -> str:
    """The Content-Security-Policy but for who may frame the page, which browsers take from a header alone.

    hearer: the other origin that songs may be sent to; empty: none.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "media-src 'self' blob:",
            f"connect-src 'self' {hearer}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": f"{page_policy()}; {FRAMING}",
    # Both isolate the page from other origins' pages and their processes.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), display-capture=(self), camera=(), geolocation=(), usb=()",
}


class SecurityHeaders:
    """ASGI app around another one.

    Outermost on purpose: Starlette answers a crash outside of ordinary middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on, and adds the headers to the start of a response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)
