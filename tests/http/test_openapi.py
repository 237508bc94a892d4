"""The OpenAPI document: complete, and its examples are valid."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.schemas import feedback, jobs, problems, widget
from rag.wire import asking, documents, searching

ROUTES = {
    ("/v1/ask", "post"): asking.AnswerOut,
    ("/v1/search", "get"): searching.SearchOut,
    ("/v1/feedback", "post"): feedback.FeedbackOut,
    ("/v1/feedback", "get"): feedback.FeedbackList,
    ("/v1/suggestions", "get"): widget.SuggestionsOut,
    ("/v1/tokens", "post"): widget.TokenOut,
    ("/v1/documents", "get"): documents.DocumentList,
    ("/v1/documents", "post"): jobs.JobOut,
    ("/v1/jobs", "get"): jobs.JobList,
    ("/v1/jobs/{job_id}", "get"): jobs.JobOut,
    ("/v1/collections", "get"): documents.CollectionList,
    ("/v1/documents/{document_id}", "get"): documents.DocumentOut,
}


@pytest.fixture
def openapi(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(v) for v in value))
    return set()


def test_every_reference_resolves(openapi: dict[str, Any]) -> None:
    """Each $ref names a schema of the document."""
    names = {ref.removeprefix("#/components/schemas/") for ref in _references(openapi)}
    assert "Problem" in names
    assert names <= set(openapi["components"]["schemas"])


@pytest.mark.parametrize("route", ROUTES)
def test_examples_fit_their_schema(openapi: dict[str, Any], route: tuple[str, str]) -> None:
    """Each example of a success is valid for the route's model."""
    path, method = route
    responses = openapi["paths"][path][method]["responses"]
    content = responses["202" if "202" in responses else "200"]["content"]["application/json"]
    examples = [e["value"] for e in content.get("examples", {}).values()] or [content["example"]]
    for example in examples:
        assert ROUTES[route].model_validate(example).model_dump(mode="json") == example


def test_every_field_of_an_answer_is_always_there(openapi: dict[str, Any]) -> None:
    """Those that may be null too, so a client needs no default."""
    for name in ("AnswerOut", "StatementOut", "CitationOut", "AbstentionOut"):
        schema = openapi["components"]["schemas"][name]
        assert set(schema["required"]) == set(schema["properties"])


@pytest.mark.parametrize("route", ROUTES)
def test_errors_are_documented_as_problems(openapi: dict[str, Any], route: tuple[str, str]) -> None:
    """Each route names its errors as application/problem+json, each with an example."""
    path, method = route
    responses = openapi["paths"][path][method]["responses"]
    failures = {status: r for status, r in responses.items() if not status.startswith("2")}
    assert "500" in failures
    for status, response in failures.items():
        problem = response["content"]["application/problem+json"]
        assert list(response["content"]) == ["application/problem+json"]
        for example in problem["examples"].values():
            assert problems.Problem.model_validate(example["value"]).status == int(status)
