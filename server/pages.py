"""GET routes: the page, its files, the model folder, and whether the server is alive and ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from model.contract import Contract
from server.encodings import content_of
from server.engine import Engine
from server.files import FOREVER, MEDIA_TYPES, REVALIDATE, content_response, file_response
from server.made_files import MANIFEST, MadeFiles, Place, manifest_of
from server.problems import Problem
from server.schemas import READY_RESPONSES

READ = ["GET", "HEAD"]


def page_routes(contract: Contract, static: Path) -> APIRouter:
    """The page, its manifest, its service worker and the model folder. Only files that the contract names are served.

    The contract stays the one of the start: an export into the folder changes the page's model together with
    /predict's, when the server is started again.
    """
    router = APIRouter(include_in_schema=False)
    contract_body = json.dumps(contract.raw).encode()
    made = MadeFiles(static, contract, contract_body, Place())

    @router.api_route("/", methods=READ)
    def page(request: Request) -> Response:
        return content_response(content_of(made.page()), request, "text/html", REVALIDATE)

    @router.api_route(f"/static/{MANIFEST}", methods=READ)
    def manifest(request: Request) -> Response:
        return content_response(content_of(manifest_of(static)), request, MEDIA_TYPES[".webmanifest"], REVALIDATE)

    # At the root, since a worker serves only what lies below its own address.
    @router.api_route("/service-worker.js", methods=READ)
    def service_worker(request: Request) -> Response:
        return content_response(content_of(made.worker()), request, "text/javascript", REVALIDATE)

    @router.api_route("/model/contract.json", methods=READ)
    def contract_json(request: Request) -> Response:
        return content_response(content_of(contract_body), request, "application/json", REVALIDATE)

    @router.api_route("/model/{path:path}", methods=READ)
    def model_file(path: str, request: Request) -> Response:
        nothing = Problem("not_found", f"There is nothing at {request.url.path}.")
        if path not in contract.files:
            raise nothing
        try:
            return file_response(contract.folder / path, request, FOREVER)
        except FileNotFoundError:  # deleted since the start
            raise nothing from None

    return router


def health_routes(engine: Engine) -> APIRouter:
    """What load balancers and containers ask for."""
    router = APIRouter()

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz", summary="Is the server alive?")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.head("/readyz", include_in_schema=False)
    @router.get("/readyz", summary="Can /predict answer?", responses=READY_RESPONSES)
    def readyz() -> Any:
        if engine.failure is not None:
            raise Problem("model_failed", f"The model could not be loaded. {engine.failure}.")
        predictor = engine.predictor()
        model = {"name": predictor.contract.name, "version": predictor.contract.version}
        body = {"status": "ready", "model": model, "device": predictor.device}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    return router
