"""A walk over every route and face for documents that somebody may not see: no word, count or title of them.

Two services answer the same requests: one has documents with readers, the other never had them. Whoever isn't
among the readers gets the same from both, scores excepted: frequencies of words are those of all documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security.keys import make_key
from ingest.wiring import ingest, open_ingestion
from rag.ports.access_keys import Scope
from rag.settings import AccessSettings, QuestionLogSettings, Settings
from rag.wiring import Service, open_service
from tests.files import pdf

PUBLIC = """# Travel

Trains are booked by the office. The office opens at nine. Ask Vera about the van.

## What is the price of a day ticket?

A day ticket costs 12 euros in every zone.
"""
MARKS = ("zephyrine", "quicksilver", "obadiah", "4711 euros", "private/")
BY_FRONT_MATTER = """---
title: Zephyrine bonus plan
readers: [board]
---
# Quicksilver

Obadiah gets a bonus of 4711 euros. The office van is sold to Obadiah. Trains are booked by Zephyrine.

## What is the price of the van?

The van costs 4711 euros.
"""
BY_RULE = "# Zephyrine minutes\n\nObadiah books the trains of the office. A day ticket costs 4711 euros.\n"
QUESTIONS = (
    "Who books the trains?",
    "What does a day ticket cost?",
    "Who gets a bonus?",
    "What is the price of the van?",
    "Which documents do you have?",
)
VOLATILE = frozenset(
    {"id", "item_id", "created", "created_at", "request_id", "updated_at", "timings_ms", "generation"}
)


@dataclass(frozen=True)
class World:
    """A service as somebody uses it. ``hidden`` are the ids of the documents that have readers."""

    client: TestClient
    hidden: tuple[str, ...]
    keys: dict[str, str]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    with ExitStack() as stack:
        yield (
            _open(tmp_path_factory.mktemp("with"), stack, with_hidden=True),
            _open(tmp_path_factory.mktemp("without"), stack, with_hidden=False),
        )


def _open(folder: Path, stack: ExitStack, *, with_hidden: bool) -> World:
    docs = folder / "docs"
    (docs / "private").mkdir(parents=True)
    (docs / "travel.md").write_text(PUBLIC)
    if with_hidden:
        (docs / "bonus.md").write_text(BY_FRONT_MATTER)
        (docs / "private" / "minutes.md").write_text(BY_RULE)
        (docs / "private" / "plan.pdf").write_bytes(pdf([(72, 100, "Quicksilver pays Obadiah 4711 euros.")]))
    settings = Settings(
        data=folder / "data",
        readers={"private/": ("board",)},
        access=AccessSettings(public=("default", "vault")),
        question_log=QuestionLogSettings(enabled=True),
    )
    service = stack.enter_context(open_service(settings))
    ingest(service, [docs])
    if with_hidden:
        ingest(service, [docs / "private"], collection="vault")
    keys = {
        "reader": make_key(service.access_keys, "reader", [Scope.ASK, Scope.SEARCH])[1],
        "board": make_key(service.access_keys, "board", [Scope.ASK, Scope.SEARCH], groups=["board"])[1],
    }
    ingestion = stack.enter_context(open_ingestion(service))
    client = stack.enter_context(TestClient(create_app(service, ingestion=ingestion)))
    return World(client, tuple(service.catalog.hidden_from(frozenset())), keys)


def _requests(world: World, hidden: tuple[str, ...]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of the OpenAPI document, the pages and the other faces, about what is hidden."""
    paths = world.client.get("/openapi.json").json()["paths"]
    operations = {(path, method) for path, methods in paths.items() for method in methods}
    done = set()
    for path, method in sorted(operations):
        for more in _variants(path, method, hidden):
            done.add((path, method))
            yield method, *more
    assert done == operations, operations - done
    for page in ("/", "/admin", "/docs", "/playground", *(f"/documents/{key}" for key in hidden)):
        yield "get", page, {}
    for tool, arguments in (
        *(("ask", {"question": question}) for question in QUESTIONS),
        ("ask", {"question": "Who?", "collection": "vault"}),
        *(("search", {"query": question}) for question in QUESTIONS),
        *(("fetch", {"id": key}) for key in hidden),
    ):
        yield "post", "/mcp", _rpc("tools/call", name=tool, arguments=arguments)
    for key in hidden:
        yield "post", "/mcp", _rpc("resources/read", uri=f"saywhere://documents/{key}")
    yield "post", "/mcp", _rpc("resources/list")


def _rpc(method: str, **params: Any) -> dict[str, Any]:
    return {
        "json": {"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        "headers": {"Accept": "application/json, text/event-stream"},
    }


def _variants(path: str, method: str, hidden: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    if method == "delete":
        yield path.format(document_id="none", name="none", job_id="none", key_id="none"), {}
    elif "{document_id}" in path:
        for key in hidden:
            yield path.format(document_id=key), {"params": {"start": 0, "end": 40, "page": 1}}
    elif "{model}" in path:
        yield path.format(model="saywhere/vault"), {}
    elif "{" in path:
        yield path.format(job_id="none", gap_id="none", key_id="none"), {"json": {"answers": ["x"]}}
    elif method == "get":
        for collection in ("default", "vault"):
            for question in QUESTIONS:
                yield path, {"params": {"q": question, "collection": collection, "k": 100}}
        if path == "/v1/documents":
            yield path, {"params": {"limit": 1000}}
            yield path, {"params": {"q": "bonus"}}
            yield path, {"params": {"under": "docs/private"}}
        yield path, {}
    else:
        yield from ((path, body) for body in _bodies(path, hidden))


def _bodies(path: str, hidden: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if path in ("/v1/chat/completions", "/v1/responses"):
        for model in ("saywhere", "saywhere/vault"):
            for question in QUESTIONS:
                messages = [{"role": "user", "content": question}]
                name = "messages" if "chat" in path else "input"
                yield {"json": {"model": model, name: messages}}
                yield {"json": {"model": model, name: messages, "stream": True}}
        return
    if path == "/v1/check-grounding":
        texts = ("He gets a bonus.", "Trains are booked by somebody.")
        yield from ({"json": {"text": text}} for text in texts)
        yield from ({"json": {"text": texts[0], "documents": [key]}} for key in hidden)
        return
    if path == "/v1/documents":
        yield {"json": {"documents": [{"text": "x"}]}}
        return
    if path in ("/v1/feedback", "/v1/tokens", "/v1/explain", "/v1/keys"):
        yield {"json": {"answer_id": "ans_0", "helpful": True, "key": "pk", "question": "Who?", "name": "x"}}
        return
    assert path == "/v1/ask", f"{path} isn't walked"
    for collection in ("default", "vault"):
        for question in QUESTIONS:
            for more in ({"trace": True}, {"stream": True}):
                yield {"json": {"question": question, "collection": collection, **more}}


def _send(world: World, who: str | None, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
    headers = dict(more.get("headers", {}))
    if who is not None:
        headers["Authorization"] = f"Bearer {world.keys[who]}"
    return world.client.request(method, path, **{**more, "headers": headers})


def _stable(response: httpx.Response) -> object:
    """A response without what differs from one run to the next: ids, times and scores."""
    lines = [line.removeprefix("data: ") for line in response.text.splitlines()]
    return response.status_code, [_plain(line) for line in lines]


def _plain(line: str) -> object:
    try:
        return _without_volatile(json.loads(line))
    except ValueError:
        return line


def _without_volatile(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _without_volatile(item)
            for key, item in value.items()
            if key not in VOLATILE and not isinstance(item, float)
        }
    if isinstance(value, list):
        return [_without_volatile(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        return _plain(value)  # JSON in JSON, as MCP has it
    return value


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", ["reader", None], ids=["a key without the group", "anybody"])
def test_a_walk_finds_nothing_of_unseen_documents(worlds: tuple[World, World], who: str | None) -> None:
    """In no route of the OpenAPI document, no page, and neither of MCP's and OpenAI's faces."""
    world, without = worlds
    assert len(world.hidden) == 5
    for method, path, more in _requests(world, world.hidden):
        response = _send(world, who, method, path, more)
        shown = f"{response.text} {response.headers}".lower()
        place = f"{method} {path} {more.get('json') or more.get('params')}"
        assert response.status_code < 500, f"{place}: {response.text}"
        assert not [mark for mark in MARKS if mark in shown], f"{place}: {response.text}"
        other = _send(without, who, method, path, more)
        assert _stable(response) == _stable(other), place


@pytest.mark.timeout(300)
def test_a_reader_of_the_group_sees_them(worlds: tuple[World, World]) -> None:
    """The same requests show them to a key of the group, so that the walk would find what leaks."""
    world, _ = worlds
    found = {
        path
        for method, path, more in _requests(world, world.hidden)
        for response in [_send(world, "board", method, path, more)]
        if any(mark in response.text.lower() for mark in MARKS)
    }
    expected = {"/v1/ask", "/v1/search", "/v1/documents", "/v1/chat/completions", "/v1/responses", "/mcp"}
    expected |= {"/v1/check-grounding"} | {f"/v1/documents/{key}" for key in world.hidden}
    assert expected <= found


def test_readers_are_no_metadata(worlds: tuple[World, World]) -> None:
    """They would be shown, and could be filtered by."""
    world, _ = worlds
    for key in world.hidden:
        response = _send(world, "board", "get", f"/v1/documents/{key}", {})
        assert response.status_code == 200
        assert "readers" not in response.json()["metadata"]


def test_service_has_whole_view(worlds: tuple[World, World]) -> None:
    """An administrator and the command line see every document."""
    world, _ = worlds
    service: Service = world.client.app.state.backend  # type: ignore[attr-defined]
    assert service.catalog.count() == 6
    assert service.catalog.readers(world.hidden) == dict.fromkeys(world.hidden, ("board",))
