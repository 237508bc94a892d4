"""The Model Context Protocol, by the SDK's own client: over HTTP, and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx
import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError
from starlette.testclient import TestClient

from api.app import create_app
from api.mcp.results import WINDOW
from rag import errors
from rag.settings import LimitSettings, Settings, WidgetSettings
from rag.types import Document, Outcome
from rag.wire.asking import AnswerOut
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TEXT, FakeBackend, abstention
from tests.http.live import ROOT, in_thread

T = TypeVar("T")
PLACE = f"{DOCUMENT.id}#{CITATION.start}-{CITATION.end}"
PAGE = f"/documents/notes/may%201.txt?version={DOCUMENT.sha256[:12]}#{CITATION.start}-{CITATION.end}"


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


def _run(server: Any, use: Callable[[Client], Awaitable[T]], mode: str = "auto") -> T:
    """What ``use`` returns of a connected client."""

    async def connected() -> T:
        async with Client(server, mode=mode) as client:
            return await use(client)

    return asyncio.run(connected())


def _call(url: str, tool: str, **arguments: Any) -> Any:
    return _run(f"{url}/mcp", lambda client: client.call_tool(tool, arguments))


def _stdio(url: str) -> StdioServerParameters:
    command = ["-m", "api", "mcp", "--url", url]
    return StdioServerParameters(command=sys.executable, args=command, cwd=ROOT)


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def script(_question: str) -> Outcome:
        raise error

    return script


def test_three_tools_are_offered(url: str) -> None:
    """Read-only, each with a description, a schema of its arguments and one of its result."""
    listed = _run(f"{url}/mcp", lambda client: client.list_tools()).tools
    assert [tool.name for tool in listed] == ["ask", "search", "fetch"]
    required = [tool.input_schema["required"] for tool in listed]
    assert required == [["question"], ["query"], ["id"]]
    for tool in listed:
        assert tool.description
        assert "  " not in tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint


def test_ask_gives_text_links_and_structure(url: str) -> None:
    """The message with marks, a link to each cited document, and the answer as `/v1/ask` gives it."""
    result = _call(url, "ask", question="Who asked for a ship?")
    text, link = result.content
    assert text.text == (
        f"**Ada**\n\nShe asked for a second ship. [1]\n\nSources:\n\n1. [Minutes]({url}{PAGE})"
    )
    assert (link.type, link.uri, link.title) == (
        "resource_link",
        "saywhere://documents/notes/may%201.txt",
        "Minutes",
    )
    answer = AnswerOut.model_validate(result.structured_content)
    assert (answer.answer, answer.citations[0].quote, answer.citations[0].url) == ("Ada", QUOTE, url + PAGE)


def test_an_abstention_is_an_answer_not_an_error(url: str, backend: FakeBackend) -> None:
    """It says so in its text, and in its structure."""
    backend.engine.script = abstention
    result = _call(url, "ask", question="Who?")
    assert not result.is_error
    assert result.content[0].text.startswith("The documents don't answer this. The nearest places:")
    assert result.structured_content["answered"] is False


def test_search_has_the_shape_of_deep_research(url: str) -> None:
    """``results`` of ``id``, ``title`` and ``url``, as JSON in the text, too."""
    result = _call(url, "search", query="ship")
    found = {"id": PLACE, "title": "Minutes", "url": url + PAGE, "text": QUOTE}
    assert result.structured_content == {"results": [found]}
    [text] = result.content
    assert json.loads(text.text) == result.structured_content


def test_fetch_has_the_shape_of_deep_research(url: str) -> None:
    """``id``, ``title``, ``text``, ``url`` and ``metadata``, by a search's id and by a document's."""
    by_place, by_document = (_call(url, "fetch", id=id_) for id_ in (PLACE, DOCUMENT.id))
    fetched = by_place.structured_content
    metadata = fetched.pop("metadata")
    assert fetched == {"id": PLACE, "title": "Minutes", "text": TEXT, "url": url + PAGE}
    assert metadata == {
        "uri": DOCUMENT.uri,
        "version": f"sha256:{DOCUMENT.sha256}",
        "collection": "default",
        "start": "0",
        "end": str(len(TEXT)),
        "characters": str(len(TEXT)),
    }
    assert by_document.structured_content["text"] == TEXT
    [text] = by_place.content
    assert json.loads(text.text)["text"] == TEXT


def test_a_long_document_is_fetched_part_by_part(url: str, backend: FakeBackend) -> None:
    """Around the place that was found; following ``next`` reads it to its end."""
    long = Document(id="long", uri="long", title="Long", text="0123456789" * (WINDOW // 4))
    backend.catalog.stored = (long,)
    middle = _call(url, "fetch", id=f"long#{WINDOW}-{WINDOW + 10}").structured_content
    start, end = int(middle["metadata"]["start"]), int(middle["metadata"]["end"])
    assert end - start == WINDOW
    assert start < WINDOW < WINDOW + 10 < end
    assert middle["text"] == long.text[start:end]
    read, next_id = "", "long"
    while next_id:
        part = _call(url, "fetch", id=next_id).structured_content
        read = read[: int(part["metadata"]["start"])] + part["text"]
        next_id = part["metadata"].get("next")
    assert read == long.text


def test_results_fit_their_schemas(url: str) -> None:
    """A client may check them."""
    schemas = {tool.name: tool.output_schema for tool in _run(f"{url}/mcp", lambda c: c.list_tools()).tools}
    for name, arguments in (
        ("ask", {"question": "Who?"}),
        ("search", {"query": "x"}),
        ("fetch", {"id": PLACE}),
    ):
        jsonschema.validate(_call(url, name, **arguments).structured_content, schemas[name])


def test_a_document_is_a_resource(url: str) -> None:
    """A resource link of an answer can be read."""
    read = _run(f"{url}/mcp", lambda client: client.read_resource("saywhere://documents/notes/may%201.txt"))
    [contents] = read.contents
    assert (contents.text, contents.mime_type) == (TEXT, "text/plain")
    [template] = _run(f"{url}/mcp", lambda client: client.list_resource_templates()).resource_templates
    assert template.uri_template == "saywhere://documents/{+document_id}"


def test_an_unknown_resource_is_an_error(url: str) -> None:
    """With the document's id."""

    async def read(client: Client) -> None:
        with pytest.raises(MCPError, match="there is no document 'nope'"):
            await client.read_resource("saywhere://documents/nope")

    _run(f"{url}/mcp", read)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (errors.InvalidQuestion("it is empty"), "it is empty"),
        (errors.UnknownCollection("no collection 'x'"), "no collection 'x'"),
        (errors.Busy("ask again"), "ask again"),
        (errors.IndexUnavailable("/srv/private"), "The index isn't ready"),
        (RuntimeError("/srv/private"), "Error executing tool"),
    ],
)
def test_an_error_is_told_to_the_model(
    url: str, backend: FakeBackend, error: Exception, message: str
) -> None:
    """As a tool's error, so that it can react; nothing internal is revealed."""
    backend.engine.script = _raising(error)
    for tool, arguments in (("ask", {"question": "Who?"}), ("search", {"query": "x"})):
        result = _call(url, tool, **arguments)
        assert result.is_error
        assert message in result.content[0].text
        assert "private" not in result.content[0].text


def test_an_unknown_document_is_a_tools_error(url: str) -> None:
    """With the id."""
    result = _call(url, "fetch", id="nope")
    assert result.is_error
    assert "nope" in result.content[0].text


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_each_protocol_version_works(url: str, mode: str) -> None:
    """With the handshake of earlier ones, and without it; there is no session in either."""

    async def ask_twice(client: Client) -> list[bool | None]:
        results = [await client.call_tool("ask", {"question": "Who?"}) for _ in range(2)]
        return [result.is_error for result in results]

    assert _run(f"{url}/mcp", ask_twice, mode) == [False, False]


def test_over_standard_input_and_output(url: str) -> None:
    """``saywhere mcp --url``: the same tools, asked of a running service."""

    async def use(client: Client) -> tuple[list[str], Any, Any]:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        asked = await client.call_tool("ask", {"question": "Who?"})
        return tools, asked, await client.call_tool("fetch", {"id": "nope"})

    tools, asked, failed = _run(_stdio(url), use)
    assert tools == ["ask", "search", "fetch"]
    assert asked.structured_content["citations"][0]["url"] == url + PAGE
    assert failed.is_error


def test_over_standard_input_and_output_with_a_data_folder() -> None:
    """``saywhere mcp``: where there is no page to open, a link leads to the document's resource."""
    server = StdioServerParameters(command=sys.executable, args=["-m", "tests.fakes.mcp_stdio"], cwd=ROOT)

    async def use(client: Client) -> tuple[Any, Any]:
        asked = await client.call_tool("ask", {"question": "Who?"})
        url = asked.structured_content["citations"][0]["url"]  # type: ignore[index]
        return url, await client.read_resource(url)

    url, read = _run(server, use)
    assert url == "saywhere://documents/notes/may%201.txt"
    assert read.contents[0].text == TEXT


def test_an_unreachable_service_is_a_tools_error() -> None:
    """Its client sees why, and the server goes on."""
    result = _run(_stdio("http://127.0.0.1:9"), lambda client: client.call_tool("ask", {"question": "Who?"}))
    assert result.is_error
    assert "can't be reached" in result.content[0].text


def _post(client: TestClient, **headers: str) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = "application/json, text/event-stream"
    return client.post("/mcp", json=body, headers={"Accept": accept, **headers})  # type: ignore[return-value]


def test_a_page_of_another_site_is_refused() -> None:
    """Also one that may ask: this is for programs."""
    widget = WidgetSettings(origins=("https://open.example",), public=("default",))
    with TestClient(create_app(FakeBackend(Settings(widget=widget)), open_reading=True)) as client:
        refused = _post(client, Origin="https://open.example")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/other-site")
        assert _post(client).status_code == 200
        assert _post(client, Origin="http://testserver").status_code == 200


def test_only_messages_are_posted() -> None:
    """There are no sessions: no stream to open, nothing to delete."""
    with TestClient(create_app(FakeBackend(), open_reading=True)) as client:
        assert client.get("/mcp").status_code == 405
        assert client.delete("/mcp").status_code == 405
        assert "mcp-session-id" not in _post(client).headers


def test_a_body_over_the_limit_is_a_413() -> None:
    """As for any route."""
    backend = FakeBackend(Settings(limits=LimitSettings(body_bytes=1_000)))
    with TestClient(create_app(backend, open_reading=True)) as client:
        response = client.post("/mcp", content=b" " * 2_000, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


def test_without_the_sdk_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra; the other routes answer."""
    monkeypatch.setattr("api.routes.mcp.find_spec", lambda _name: None)
    with TestClient(create_app(FakeBackend(), open_reading=True)) as client:
        assert _post(client).status_code == 404
        assert client.post("/v1/ask", json={"question": "Who?"}).status_code == 200
