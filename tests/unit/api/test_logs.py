"""The log in JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import JsonFormatter
from api.trail import ACCESS
from rag.errors import StorageError
from rag.types import Outcome
from tests.fakes.engine import FakeBackend


class Lines(logging.Handler):
    """What was logged, each line parsed."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.entries: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        assert "\n" not in line
        self.entries.append(json.loads(line))


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Of the loggers below ``saywhere``."""
    handler = Lines()
    logger, access = logging.getLogger("saywhere"), logging.getLogger(ACCESS)
    logger.addHandler(handler)
    access.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    access.setLevel(logging.NOTSET)


def test_a_request_is_one_object(lines: Lines) -> None:
    """With its fields by name and its id; the query isn't among them."""
    with TestClient(create_app(FakeBackend(), open_reading=True)) as client:
        client.get("/v1/search?q=secret", headers={"X-Request-Id": "from-proxy-1"})
    [entry] = [e for e in lines.entries if e["logger"] == ACCESS]
    assert entry["level"] == "INFO"
    assert entry["time"].endswith("+00:00")
    assert (entry["event"], entry["method"], entry["path"]) == ("request", "GET", "/v1/search")
    assert (entry["status"], entry["request_id"]) == (200, "from-proxy-1")
    assert "secret" not in json.dumps(entry)


def test_a_line_of_the_worker_has_the_requests_id(lines: Lines) -> None:
    """Although it comes from another thread."""

    def script(_question: str) -> Outcome:
        logging.getLogger("saywhere.test").warning("in the middle of\na question")
        raise StorageError("gone")

    with TestClient(create_app(FakeBackend(script=script), open_reading=True)) as client:
        client.post("/v1/ask", json={"question": "Who?"}, headers={"X-Request-Id": "abc"})
    [entry] = [e for e in lines.entries if e["logger"] == "saywhere.test"]
    assert (entry["message"], entry["request_id"]) == ("in the middle of\na question", "abc")


def test_outside_of_a_request_there_is_no_id(lines: Lines) -> None:
    """And an exception is told with its traceback."""
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("saywhere.test").exception("it failed")
    [entry] = lines.entries
    assert "request_id" not in entry
    assert "ValueError: odd" in entry["error"]
