"""What the answers look like, for the OpenAPI description."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, Field

from server.problems import KINDS, MEDIA_TYPE, problem_body

EXAMPLE: dict[str, Any] = {
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
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "minItems": 1,
                        "description": "A song, in any format that ffmpeg reads; or several, heard in turn.",
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

    genre: str = Field(description="The most probable genre; of a multi-label model the most probable one heard.")
    confidence: float = Field(ge=0, le=1, description="Its probability.")
    unsure: bool = Field(
        description="True where that is too little to claim the genre: speech, noise, music of another genre."
    )
    genres: list[str] | None = Field(
        None, description="Of a multi-label model alone: all genres that are heard, by falling probability."
    )
    probabilities: dict[str, float]


MULTI_LABEL = "Of a multi-label model alone: several genres can be heard at once."
THRESHOLDS = "Of a multi-label model alone: from which probability on each genre is heard in a row."


class Prediction(BaseModel):
    """The genres of a song, second by second."""

    model: Model
    genres: list[str] = Field(description="The order of the numbers in each row.")
    duration_s: float = Field(gt=0, description="Length of the decoded song in seconds.")
    step_s: float = Field(gt=0, description="Seconds from one row to the next.")
    multi_label: Literal[True] | None = Field(None, description=MULTI_LABEL)
    thresholds: list[float] | None = Field(None, description=THRESHOLDS)
    probabilities: list[list[float]] = Field(
        description="Row k describes [k, k + 1) · step_s, a number for each genre. They add up to 1, except those of a "
        "multi-label model."
    )
    unsure: list[bool] = Field(
        description="One a row: true where no genre is probable enough to be claimed, as in silence, speech and noise."
    )
    verdict: Verdict


class TopPrediction(BaseModel):
    """With ?top=N: a prediction with the likeliest genres of each row, by falling probability."""

    model: Model
    genres: list[str]
    duration_s: float = Field(gt=0)
    step_s: float = Field(gt=0)
    multi_label: Literal[True] | None = Field(None, description=MULTI_LABEL)
    thresholds: list[float] | None = Field(None, description=THRESHOLDS)
    top: list[dict[str, float]]
    unsure: list[bool]
    verdict: Verdict


class ProblemBody(BaseModel):
    """An error (RFC 9457). Scripts compare `code`; `detail` is for people and may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Result(BaseModel):
    """What came of one of several songs: a prediction or a problem."""

    name: str = Field(description="As the client named the file.")
    prediction: Prediction | TopPrediction | None = None
    problem: ProblemBody | None = None


class Results(BaseModel):
    """Of several songs, in the order in which they were sent."""

    results: list[Result]


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


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"


_ROWS, _VERDICT = EXAMPLE["probabilities"], EXAMPLE["verdict"]
_TOP = {
    **{name: EXAMPLE[name] for name in ("model", "genres", "duration_s", "step_s", "unsure")},
    "top": [{"blues": 0.71}, {"blues": 0.34}, {"blues": 0.68}],
    "verdict": {**_VERDICT, "probabilities": {"blues": 0.58}},
}
_MULTI_LABEL = {
    "model": {"name": "mine", "version": "2026.11.27+0c1d2e3f4a5b"},
    **{name: EXAMPLE[name] for name in ("genres", "duration_s", "step_s")},
    "multi_label": True,
    "thresholds": [0.4, 0.5, 0.35],
    "probabilities": [[0.12, 0.81, 0.55], [0.2, 0.48, 0.11], [0.05, 0.77, 0.31]],
    "unsure": [False, True, False],
    "verdict": {
        "genre": "jazz",
        "confidence": 0.69,
        "unsure": False,
        "genres": ["jazz", "rock"],
        "probabilities": {"blues": 0.12, "jazz": 0.69, "rock": 0.32},
    },
}
_PROBLEM = problem_body("broken_audio", KINDS["broken_audio"].example)
_SEVERAL = {"results": [{"name": "a.mp3", "prediction": EXAMPLE}, {"name": "b.mp3", "problem": _PROBLEM}]}
_LINES = "".join(
    [
        _line({"kind": "song", "song": 0, "name": "a.mp3", **{k: EXAMPLE[k] for k in ("model", "genres", "step_s")}}),
        _line({"kind": "row", "song": 0, "time_s": 0.0, "probabilities": _ROWS[0], "unsure": False}),
        _line({"kind": "row", "song": 0, "time_s": 1.0, "probabilities": _ROWS[1], "unsure": True}),
        _line({"kind": "row", "song": 0, "time_s": 2.0, "probabilities": _ROWS[2], "unsure": False}),
        _line({"kind": "end", "song": 0, "duration_s": EXAMPLE["duration_s"], "verdict": _VERDICT}),
    ]
)
_TABLE = "time_s,blues,jazz,rock,unsure\r\n0,0.71,0.2,0.09,false\r\n1,0.34,0.33,0.33,true\r\n"
_TABLE += "2,0.68,0.22,0.1,false\r\n"

ANSWER: dict[str, Any] = {
    "description": "As JSON the whole, as NDJSON a line a row while the song is still being heard, as CSV a table; "
    "by the request's Accept.",
    "content": {
        "application/json": {
            "examples": {
                "one": {"summary": "One song", "value": EXAMPLE},
                "top": {"summary": "One song, ?top=1", "value": _TOP},
                "multi_label": {"summary": "One song, by a multi-label model", "value": _MULTI_LABEL},
                "several": {"summary": "Several songs, of which one cannot be heard", "value": _SEVERAL},
            },
        },
        "application/x-ndjson": {"schema": {"type": "string"}, "example": _LINES},
        "text/csv": {"schema": {"type": "string"}, "example": _TABLE},
    },
}

PREDICT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: ANSWER,
    **problem_responses(*(code for code in KINDS if code not in ("not_found", "method_not_allowed", "bad_range"))),
}
READY_RESPONSES = problem_responses("model_not_ready", "model_failed")
