"""Problems in OpenAI's form."""

from __future__ import annotations

import pytest

from api.openai.errors import ErrorBody, error_of, status_of
from api.schemas.problems import Fault, Problem

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"


def _problem(slug: str, status: int, *faults: Fault, detail: str | None = None) -> Problem:
    return Problem(
        type=f"/problems/{slug}",
        title="It failed",
        status=status,
        detail=detail,
        request_id="1",
        errors=list(faults) or None,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (429, "rate_limit_error"),
        (503, "server_error"),
    ],
)
def test_the_status_decides_the_type(status: int, kind: str) -> None:
    """As OpenAI's own errors do."""
    assert error_of(_problem("any-kind", status, detail="so"), CHAT).error == ErrorBody(
        message="It failed: so", type=kind, param=None, code="any_kind"
    )


@pytest.mark.parametrize(
    ("pointer", "path", "param"),
    [
        ("#/messages/0/role", CHAT, "messages[0].role"),
        ("#/question", CHAT, "messages"),
        ("#/question", RESPONSES, "input"),
        ("#", CHAT, None),
    ],
)
def test_a_fault_names_the_field(pointer: str, path: str, param: str | None) -> None:
    """In OpenAI's notation, and by the name that the field has there."""
    error = error_of(_problem("invalid-request", 422, Fault(pointer=pointer, detail="wrong")), path).error
    assert error.param == param
    assert error.message == f"It failed: {param + ': ' if param else ''}wrong"


def test_an_unknown_collection_is_an_unknown_model() -> None:
    """With the code that clients know."""
    error = error_of(_problem("unknown-collection", 404), CHAT).error
    assert (error.code, error.param) == ("model_not_found", "model")


def test_an_invalid_request_is_a_400() -> None:
    """OpenAI's clients have no exception for 422 that people handle."""
    assert [status_of(_problem("x", status)) for status in (422, 404, 503)] == [400, 404, 503]
