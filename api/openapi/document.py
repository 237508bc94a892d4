"""Completes FastAPI's OpenAPI document.

It adds the schemas that no route names by annotation (``Problem``, and the body of an upload), and the
examples of answers, whose nulls FastAPI would drop.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.openapi import examples
from api.openapi.list_example import LIST_ANSWER
from api.schemas.problems import Problem
from rag.wire.documents import TextsIn

_EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("/v1/ask", "post"): {
        "short answer": examples.ANSWER,
        "list": LIST_ANSWER,
        "abstention": examples.ABSTENTION,
    },
    ("/v1/search", "get"): {"passages": examples.SEARCH},
    ("/v1/feedback", "post"): {"feedback": examples.FEEDBACK},
    ("/v1/feedback", "get"): {"listing": {"feedback": [examples.FEEDBACK]}},
    ("/v1/suggestions", "get"): {"suggestions": examples.SUGGESTIONS},
    ("/v1/tokens", "post"): {"token": examples.TOKEN},
    ("/v1/documents", "post"): {"job": examples.QUEUED_JOB},
    ("/v1/jobs", "get"): {"listing": {"jobs": [examples.QUEUED_JOB]}},
    ("/v1/jobs/{job_id}", "get"): {"job": examples.DONE_JOB},
    ("/v1/collections", "get"): {"listing": examples.COLLECTIONS},
    ("/v1/documents", "get"): {"listing": examples.LISTING},
    ("/v1/documents/{document_id}", "get"): {"document": examples.DOCUMENT},
}


def complete_openapi(app: FastAPI) -> None:
    """Makes ``app.openapi()`` return the completed document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()  # FastAPI caches it
        if "Problem" not in document["components"]["schemas"]:
            _complete(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    texts = TextsIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**problem.pop("$defs"), "Problem": problem, **texts.pop("$defs"), "TextsIn": texts}
    document["components"]["schemas"] |= schemas
    for (path, method), values in _EXAMPLES.items():
        responses = document["paths"][path][method]["responses"]
        content = responses["202" if "202" in responses else "200"]["content"]["application/json"]
        content["examples"] = {name: {"value": value} for name, value in values.items()}
