"""Errors as the scripts see them: application/problem+json (RFC 9457), one shape for every route."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from model.audio import AudioError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2  # of what may work a little later


@dataclass(frozen=True)
class ProblemKind:
    """What is the same each time that a kind of error occurs."""

    status: int
    title: str
    example: str


# Codes are stable: scripts compare them. Those of AudioError subclasses are their `code`.
KINDS = {
    "malformed_request": ProblemKind(
        400, "Malformed request", "Send one song as the multipart/form-data field named 'file'."
    ),
    "bad_parameter": ProblemKind(400, "Bad parameter", "The parameter top is '0': Input should be at least 1."),
    "not_found": ProblemKind(404, "Not found", "There is nothing at /nowhere."),
    "method_not_allowed": ProblemKind(405, "Method not allowed", "GET is not possible here."),
    "upload_timeout": ProblemKind(
        408, "Upload too slow", "The song did not arrive in time, or nothing of it came for too long. Send it again."
    ),
    "too_large": ProblemKind(413, "Too large", "The request is larger than the 200 MB that are accepted."),
    "not_audio": ProblemKind(
        415, "Not audio", "This is not an audio file, or not in a format that can be read here."
    ),
    "bad_range": ProblemKind(
        416, "Range not satisfiable", "The range bytes=900- begins beyond the end: there are 800 bytes."
    ),
    "broken_audio": ProblemKind(
        422, "Broken audio", "This audio file is empty or damaged: no sound could be decoded from it."
    ),
    "unsupported_audio": ProblemKind(
        422, "Unsupported audio", "This file has 64 channels; at most 32 are accepted."
    ),
    "too_short": ProblemKind(
        422, "Too short", "The audio is 0.20 s long; at least 1 s are needed."
    ),
    "too_long": ProblemKind(422, "Too long", "This plays longer than 90 minutes, the most we analyse."),
    "decode_timeout": ProblemKind(
        422, "Decoding took too long", "Decoding this file took longer than 120 s and was stopped."
    ),
    "model_not_ready": ProblemKind(
        503, "Model not ready", "The model is being loaded. Try again in a few seconds."
    ),
    "model_failed": ProblemKind(
        503, "Model failed to load", "The model could not be loaded; /readyz and the server's log say why."
    ),
    "busy": ProblemKind(
        503, "Busy", "As many songs as fit are being sent or wait for their turn. Try again in a few seconds."
    ),
    "internal_error": ProblemKind(
        500, "Internal error", "Something went wrong in the server. The song was not kept."
    ),
}  # fmt: skip


class Problem(Exception):
    """Raised anywhere in a request to end it with the problem of this code."""

    def __init__(self, code: str, detail: str | None = None, *, headers: dict[str, str] | None = None) -> None:
        self.code = code
        self.detail = detail or KINDS[code].example
        self.headers = headers
        super().__init__(f"{code}: {self.detail}")


def problem_body(code: str, detail: str) -> dict[str, str | int]:
    """The JSON object of a problem."""
    kind = KINDS[code]
    return {
        "type": f"urn:genrescope:problem:{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
    }


def problem_response(problem: Problem) -> Response:
    """The answer that tells a client about a problem."""
    return JSONResponse(
        problem_body(problem.code, problem.detail),
        status_code=KINDS[problem.code].status,
        headers={"Cache-Control": "no-store", **(problem.headers or {})},
        media_type=MEDIA_TYPE,
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Makes every error of the app, foreseen or not, answer in this shape."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(AudioError)(_on_audio_error)
    app.exception_handler(HTTPException)(_on_http_exception)
    app.exception_handler(RequestValidationError)(_on_bad_parameter)
    app.exception_handler(ClientDisconnect)(_on_disconnect)
    app.exception_handler(Exception)(_on_crash)


def _on_problem(_: Request, error: Problem) -> Response:
    return problem_response(error)


def _on_audio_error(_: Request, error: AudioError) -> Response:
    return problem_response(Problem(error.code, str(error)))


def _on_http_exception(request: Request, error: HTTPException) -> Response:
    """Starlette's own errors: unknown paths and methods, and multipart bodies that cannot be parsed."""
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            code, detail = "not_found", f"There is nothing at {request.url.path}."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            code, detail = "method_not_allowed", f"{request.method} is not possible here."
        case _:
            code, detail = "malformed_request", str(error.detail)
    return problem_response(Problem(code, detail, headers=dict(error.headers or {})))


def _on_bad_parameter(_: Request, error: RequestValidationError) -> Response:
    wrong = [f"The parameter {found['loc'][-1]} is {found['input']!r}: {found['msg']}." for found in error.errors()]
    return problem_response(Problem("bad_parameter", " ".join(wrong)))


def _on_disconnect(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nginx's number for it; nobody is there to read it


def _on_crash(_: Request, __: Exception) -> Response:
    return problem_response(Problem("internal_error"))
