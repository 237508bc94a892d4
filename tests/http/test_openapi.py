"""The OpenAPI document: complete, and its examples are valid."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.openapi.titles import TITLES
from api.schemas import feedback, problems, widget
from rag.settings import LimitSettings, Settings
from rag.wire import asking, documents, grounding, jobs, searching
from tests.fakes.engine import FakeBackend

ROUTES = {
    ("/v1/ask", "post"): asking.AnswerOut,
    ("/v1/check-grounding", "post"): grounding.GroundingOut,
    ("/v1/search", "get"): searching.SearchOut,
    ("/v1/feedback", "post"): feedback.FeedbackOut,
    ("/v1/feedback", "get"): feedback.FeedbackList,
    ("/v1/suggestions", "get"): widget.SuggestionsOut,
    ("/v1/tokens", "post"): widget.TokenOut,
    ("/v1/documents", "get"): documents.DocumentList,
    ("/v1/documents", "post"): jobs.JobOut,
    ("/v1/jobs", "get"): jobs.JobList,
    ("/v1/jobs/{job_id}", "get"): jobs.JobOut,
    ("/v1/jobs/{job_id}", "delete"): jobs.JobOut,
    ("/v1/collections", "get"): documents.CollectionList,
    ("/v1/documents/{document_id}", "get"): documents.DocumentOut,
    ("/v1/page-marks/{document_id}", "get"): documents.PageMarksList,
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


def test_every_operation_has_a_title_of_its_own(openapi: dict[str, Any]) -> None:
    """Written for people: none is made of a function's name, and none is left without its operation."""
    operations = {
        (path, method): operation["summary"]
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }
    assert len(set(operations.values())) == len(operations)
    assert operations == TITLES


def test_whoever_may_be_a_page_can_send_a_token(openapi: dict[str, Any]) -> None:
    """Every operation that admits other sites' pages names the token's scheme."""
    paths = ("/v1/ask", "/v1/check-grounding", "/v1/feedback", "/v1/chat/completions", "/v1/responses")
    for path in paths:
        assert {"widgetToken": []} in openapi["paths"][path]["post"]["security"], path


def test_a_history_may_be_of_turns_or_messages(openapi: dict[str, Any]) -> None:
    """Both forms are in the schema."""
    items = openapi["components"]["schemas"]["AskIn"]["properties"]["history"]["items"]
    assert [one["$ref"].rpartition("/")[2] for one in items["anyOf"]] == ["TurnIn", "MessageIn"]


def test_who_may_call_is_described(openapi: dict[str, Any]) -> None:
    """Writing needs the key where there is one, the widget's routes take a token; others name no scheme."""
    schemes = openapi["components"]["securitySchemes"]
    assert {name: scheme["scheme"] for name, scheme in schemes.items()} == {
        "apiKey": "bearer",
        "widgetToken": "bearer",
    }
    security = {
        (path, method): operation.get("security")
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }
    assert security["/v1/documents", "post"] == [{"apiKey": []}, {}]
    assert security["/v1/ask", "post"] == [{}, {"apiKey": []}, {"widgetToken": []}]
    assert security["/v1/documents", "get"] == [{"apiKey": []}, {}]
    assert security["/healthz", "get"] is None
    writes = {route for route, schemes in security.items() if schemes and {"apiKey": []} in schemes}
    assert {route for route in security if route[1] == "delete"} <= writes
    with TestClient(
        create_app(FakeBackend(Settings(api_key=SecretStr("k" * 16))), open_reading=True)
    ) as client:
        document = client.get("/openapi.json").json()
    assert document["paths"]["/v1/documents"]["post"]["security"] == [{"apiKey": []}]
    assert document["paths"]["/v1/documents"]["get"]["security"] == [{"apiKey": []}, {}]
    with TestClient(create_app(FakeBackend(Settings(api_key=SecretStr("k" * 16))))) as client:
        document = client.get("/openapi.json").json()
    assert document["paths"]["/v1/documents"]["get"]["security"] == [{"apiKey": []}]
    assert document["paths"]["/v1/ask"]["post"]["security"] == [{"apiKey": []}, {"widgetToken": []}]


def test_the_limits_of_the_settings_are_in_the_document() -> None:
    """As the service enforces them."""
    limits = LimitSettings(question_characters=77, document_bytes=88, upload_files=9)
    with TestClient(create_app(FakeBackend(Settings(limits=limits)), open_reading=True)) as client:
        document = client.get("/openapi.json").json()
        assert client.get("/v1/search", params={"q": "x" * 78}).status_code == 422
    schemas, paths = document["components"]["schemas"], document["paths"]
    assert schemas["AskIn"]["properties"]["question"]["maxLength"] == 77
    [q] = [p["schema"] for p in paths["/v1/search"]["get"]["parameters"] if p["name"] == "q"]
    assert (q["minLength"], q["maxLength"]) == (1, 77)
    assert schemas["TextIn"]["properties"]["text"]["maxLength"] == 88
    body = paths["/v1/documents"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert body["properties"]["files"]["maxItems"] == 9


def test_a_wrong_method_names_all_methods_of_its_path(openapi: dict[str, Any], client: TestClient) -> None:
    """In the Allow header, for every path of the document."""
    for path, operations in openapi["paths"].items():
        response = client.request("TRACE", path.replace("{", "").replace("}", ""))
        assert response.status_code == 405
        assert set(response.headers["allow"].split(", ")) == {method.upper() for method in operations}
