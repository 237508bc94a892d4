"""Completes the OpenAPI document with what FastAPI has no place for.

The Problem schema, which no route returns by annotation; and examples of answers, which FastAPI
would strip of their nulls.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api import examples
from api.schemas.problems import Problem
from rag.wire.documents import TextsIn

_EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("/v1/ask", "post"): {"answer": examples.ANSWER, "abstention": examples.ABSTENTION},
    ("/v1/search", "get"): {"passages": examples.SEARCH},
    ("/v1/feedback", "post"): {"feedback": examples.FEEDBACK},
    ("/v1/feedback", "get"): {"listing": {"feedback": [examples.FEEDBACK]}},
    ("/v1/suggestions", "get"): {"suggestions": examples.SUGGESTIONS},
    ("/v1/tokens", "post"): {"token": examples.TOKEN},
    ("/v1/documents", "post"): {"job": examples.QUEUED},
    ("/v1/jobs", "get"): {"listing": {"jobs": [examples.QUEUED]}},
    ("/v1/jobs/{job_id}", "get"): {"job": examples.DONE},
    ("/v1/collections", "get"): {"listing": examples.COLLECTIONS},
    ("/v1/documents", "get"): {"listing": examples.LISTING},
    ("/v1/documents/{document_id}", "get"): {"document": examples.DOCUMENT},
}

# A route that reads its body itself tells it here.
UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "collection": {"type": "string", "default": "default"},
                    "uri": {"type": "string", "description": "for a single file: names the document"},
                    "metadata": {"type": "string", "description": "a JSON object of strings"},
                },
            }
        },
        "application/json": {"schema": {"$ref": "#/components/schemas/TextsIn"}},
    },
}


def describe(app: FastAPI) -> None:
    """Makes ``app.openapi()`` return the completed document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()  # made once and kept by FastAPI
        if "Problem" not in document["components"]["schemas"]:
            _complete(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    texts = TextsIn.model_json_schema(ref_template="#/components/schemas/{model}")
    named = {**problem.pop("$defs"), "Problem": problem, **texts.pop("$defs"), "TextsIn": texts}
    document["components"]["schemas"] |= named
    for (path, method), values in _EXAMPLES.items():
        responses = document["paths"][path][method]["responses"]
        content = responses["202" if "202" in responses else "200"]["content"]["application/json"]
        content["examples"] = {name: {"value": value} for name, value in values.items()}
