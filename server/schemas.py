"""What the answers look like, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from server.problems import KINDS, MEDIA_TYPE, problem_body

EXAMPLE = {
    "model": {"name": "genrescope-gtzan", "version": "2026.11.21+3fa9c2d01b44"},
    "genres": ["blues", "jazz", "rock"],
    "duration_s": 2.6,
    "step_s": 1.0,
    "probabilities": [[0.71, 0.2, 0.09], [0.34, 0.33, 0.33], [0.68, 0.22, 0.1]],
    "unsure": [False, True, False],
    "verdict": {
        "genre": "blues",
        "confidence": 0.58,
        "unsure": False,
        "probabilities": {"blues": 0.58, "jazz": 0.25, "rock": 0.17},
    },
}

UPLOAD_SCHEMA: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "One song, in any format that ffmpeg reads.",
                    }
                },
            }
        }
    },
}


class Model(BaseModel):
    """Which network answered."""

    name: str
    version: str


class Verdict(BaseModel):
    """The song as a whole."""

    genre: str = Field(description="The most probable genre.")
    confidence: float = Field(ge=0, le=1, description="Its probability.")
    unsure: bool = Field(
        description="True where that is too little to claim the genre: speech, noise, music of another genre."
    )
    probabilities: dict[str, float]


class Prediction(BaseModel):
    """The genres of a song, second by second."""

    model: Model
    genres: list[str] = Field(description="The order of the numbers in each row.")
    duration_s: float = Field(gt=0, description="Length of the decoded song in seconds.")
    step_s: float = Field(gt=0, description="Seconds from one row to the next.")
    probabilities: list[list[float]] = Field(
        description="Row k describes [k, k + 1) · step_s; its numbers add up to 1, one for each genre."
    )
    unsure: list[bool] = Field(
        description="One a row: true where no genre is probable enough to be claimed, as in silence, speech and noise."
    )
    verdict: Verdict


class ProblemBody(BaseModel):
    """An error (RFC 9457). Scripts compare `code`; `detail` is for people and may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str


def problem_responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The responses that a route may give with these codes: one per status, with an example for each code."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = KINDS[code]
        content = {MEDIA_TYPE: {"schema": ProblemBody.model_json_schema(), "examples": {}}}
        response = by_status.setdefault(kind.status, {"description": kind.title, "content": content})
        example = {"summary": kind.title, "value": problem_body(code, kind.example)}
        response["content"][MEDIA_TYPE]["examples"][code] = example
    return by_status


PREDICT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The analysis", "content": {"application/json": {"example": EXAMPLE}}},
    **problem_responses(*(code for code in KINDS if code not in ("not_found", "method_not_allowed"))),
}
READY_RESPONSES = problem_responses("model_not_ready", "model_failed")
