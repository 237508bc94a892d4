"""Completes FastAPI's OpenAPI document.

It adds titles, the schemas that no route names by annotation (``Problem``, the body of an upload, messages
of a history), the examples of answers, whose nulls FastAPI would drop, who may call what, and the limits of
the settings.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.openapi import examples
from api.openapi.grounding_example import GROUNDING
from api.openapi.list_example import LIST_ANSWER
from api.openapi.titles import TITLES
from api.schemas.problems import Problem
from rag.settings import LimitSettings, Settings
from rag.wire.asking import MessageIn
from rag.wire.documents import TextsIn

_EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("/v1/ask", "post"): {
        "short answer": examples.ANSWER,
        "list": LIST_ANSWER,
        "abstention": examples.ABSTENTION,
    },
    ("/v1/check-grounding", "post"): {"grounding": GROUNDING},
    ("/v1/search", "get"): {"passages": examples.SEARCH},
    ("/v1/feedback", "post"): {"feedback": examples.FEEDBACK},
    ("/v1/feedback", "get"): {"listing": {"feedback": [examples.FEEDBACK]}},
    ("/v1/suggestions", "get"): {"suggestions": examples.SUGGESTIONS},
    ("/v1/tokens", "post"): {"token": examples.TOKEN},
    ("/v1/documents", "post"): {"job": examples.QUEUED_JOB},
    ("/v1/jobs", "get"): {"listing": {"jobs": [examples.QUEUED_JOB]}},
    ("/v1/jobs/{job_id}", "get"): {"job": examples.DONE_JOB},
    ("/v1/jobs/{job_id}", "delete"): {"job": examples.CANCELLED_JOB},
    ("/v1/collections", "get"): {"listing": examples.COLLECTIONS},
    ("/v1/documents", "get"): {"listing": examples.LISTING},
    ("/v1/documents/{document_id}", "get"): {"document": examples.DOCUMENT},
    ("/v1/page-marks/{document_id}", "get"): {"marks": examples.PAGE_MARKS},
}

_SECURITY_SCHEMES = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "The key of SAYWHERE_API_KEY, a key of `saywhere keys`, or a person's token (JWT).",
    },
    "widgetToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of /v1/tokens, for pages of other sites.",
    },
}
_FOR_TEAM = (
    ("/v1/documents", "post"),
    ("/v1/documents/{document_id}", "delete"),
    ("/v1/jobs", "get"),
    ("/v1/jobs/{job_id}", "get"),
    ("/v1/jobs/{job_id}/events", "get"),
    ("/v1/collections/{name}", "delete"),
    ("/v1/jobs/{job_id}", "delete"),
    ("/v1/feedback", "get"),
    ("/v1/gaps", "get"),
    ("/v1/gaps/{gap_id}/case", "post"),
    ("/v1/usage", "get"),
    ("/v1/keys", "get"),
    ("/v1/keys", "post"),
    ("/v1/keys/{key_id}", "delete"),
    ("/v1/status", "get"),
    ("/v1/explain", "post"),
    ("/metrics", "get"),
)
_FOR_READERS = (
    ("/v1/documents", "get"),
    ("/v1/documents/{document_id}", "get"),
    ("/v1/originals/{document_id}", "get"),
    ("/v1/page-images/{document_id}", "get"),
    ("/v1/page-marks/{document_id}", "get"),
    ("/v1/collections", "get"),
    ("/v1/search", "get"),
    ("/v1/models", "get"),
    ("/v1/models/{model}", "get"),
)
_FOR_WIDGET = (
    ("/v1/ask", "post"),
    ("/v1/check-grounding", "post"),
    ("/v1/suggestions", "get"),
    ("/v1/feedback", "post"),
    ("/v1/chat/completions", "post"),
    ("/v1/responses", "post"),
)


def complete_openapi(app: FastAPI, settings: Settings, *, has_key: bool, is_open: bool) -> None:
    """Makes ``app.openapi()`` return the completed document, with the limits of these settings.

    Args:
        has_key: a credential is set.
        is_open: somebody without a credential may ask and read something.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()  # FastAPI caches it
        if "Problem" not in document["components"]["schemas"]:
            _complete(document)
            _add_security(document, has_key=has_key, is_open=is_open)
            _add_limits(document, settings.limits)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _add_security(document: dict[str, Any], *, has_key: bool, is_open: bool) -> None:
    """Who may call what: without a credential everything is open to the machine itself."""
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    keyless: list[dict[str, list[str]]] = [] if has_key else [{}]
    openly: list[dict[str, list[str]]] = [{}] if is_open or not has_key else []
    for path, method in _FOR_TEAM:
        document["paths"][path][method]["security"] = [{"apiKey": []}, *keyless]
    for path, method in _FOR_READERS:
        document["paths"][path][method]["security"] = [{"apiKey": []}, *openly]
    for path, method in _FOR_WIDGET:
        document["paths"][path][method]["security"] = [*openly, {"apiKey": []}, {"widgetToken": []}]


def _add_limits(document: dict[str, Any], limits: LimitSettings) -> None:
    schemas, paths = document["components"]["schemas"], document["paths"]
    of_question = {"minLength": 1, "maxLength": limits.question_characters}
    schemas["AskIn"]["properties"]["question"] |= of_question
    for parameter in paths["/v1/search"]["get"]["parameters"]:
        if parameter["name"] == "q":
            parameter["schema"] |= of_question
    of_text = {"minLength": 1, "maxLength": limits.checked_characters}
    schemas["CheckGroundingIn"]["properties"]["text"] |= of_text
    schemas["TextIn"]["properties"]["text"]["maxLength"] = limits.document_bytes
    form = paths["/v1/documents"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    form["properties"]["files"]["maxItems"] = limits.upload_files


def _complete(document: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    texts = TextsIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**problem.pop("$defs"), "Problem": problem, **texts.pop("$defs"), "TextsIn": texts}
    messages = MessageIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**messages.pop("$defs"), "MessageIn": messages}
    document["components"]["schemas"] |= schemas
    history = document["components"]["schemas"]["AskIn"]["properties"]["history"]
    history["items"] = {"anyOf": [history["items"], {"$ref": "#/components/schemas/MessageIn"}]}
    for (path, method), title in TITLES.items():
        if method in document["paths"].get(path, {}):
            document["paths"][path][method]["summary"] = title
    for (path, method), values in _EXAMPLES.items():
        responses = document["paths"][path][method]["responses"]
        content = responses["202" if "202" in responses else "200"]["content"]["application/json"]
        content["examples"] = {name: {"value": value} for name, value in values.items()}
