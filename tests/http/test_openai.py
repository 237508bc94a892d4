"""OpenAI's forms, by OpenAI's own client over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from starlette.testclient import TestClient

from api.app import create_app
from rag import errors
from rag.settings import LimitSettings, Settings, WidgetSettings
from rag.types import Answer, Document, Outcome
from rag.wire.convert import outcome_out
from tests.fakes import outcomes
from tests.fakes.engine import CITATION, DOCUMENT, FakeBackend, abstention, answer
from tests.http.live import in_thread

QUESTION = [{"role": "user", "content": "Who asked for a ship?"}]
TEXT = "**Ada**\n\nShe asked for a second ship. [1]\n\nSources:\n\n1. [Minutes]({url})"
JSON = {"type": "json_object"}
ASK = ("chat.completions", "responses")


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=60) as client:
        yield client


@pytest.fixture
def source(url: str) -> str:
    """The address of the page with the fake's quote marked."""
    version = f"version={DOCUMENT.sha256[:12]}"
    return f"{url}/documents/notes/may%201.txt?{version}#{CITATION.start}-{CITATION.end}"


def _ask(client: OpenAI, form: str, model: str = "saywhere", **more: Any) -> Any:
    """Asks in one of the two forms."""
    if form == "responses":
        return client.responses.create(model=model, input=QUESTION, **more)  # type: ignore[call-overload]
    return client.chat.completions.create(model=model, messages=QUESTION, **more)  # type: ignore[call-overload]


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def script(_question: str) -> Outcome:
        raise error

    return script


def test_each_collection_is_a_model(client: OpenAI, backend: FakeBackend) -> None:
    """The default one is called saywhere; each can be looked up by its id."""
    backend.catalog.stored = (DOCUMENT, Document(id="h", uri="h", title="H", text="H.", collection="hr"))
    assert [model.id for model in client.models.list()] == ["saywhere", "saywhere/hr"]
    assert client.models.retrieve("saywhere/hr").id == "saywhere/hr"
    for unknown in ("saywhere/it", "gpt-4o", "saywhere/"):
        with pytest.raises(openai.NotFoundError) as caught:
            client.models.retrieve(unknown)
        assert caught.value.code == "model_not_found"


def test_a_completion_has_text_and_annotations(client: OpenAI, source: str) -> None:
    """The annotation's indices are those of its mark, and its URL opens the page that marks the quote."""
    completion = client.chat.completions.create(model="saywhere", messages=QUESTION)  # type: ignore[arg-type]
    [choice] = completion.choices
    content = choice.message.content or ""
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert content == TEXT.format(url=source)
    [annotation] = choice.message.annotations or []
    cited = annotation.url_citation
    assert (annotation.type, cited.title, cited.url) == ("url_citation", "Minutes", source)
    assert content[cited.start_index : cited.end_index] == "[1]"
    assert httpx.get(cited.url.partition("#")[0]).status_code == 200
    assert (completion.model, completion.object) == ("saywhere", "chat.completion")


def test_a_response_has_text_and_annotations(client: OpenAI, source: str) -> None:
    """The same, in the form of the Responses API."""
    response = client.responses.create(model="saywhere", input="Who asked for a ship?")
    assert response.output_text == TEXT.format(url=source)
    assert (response.status, response.error, response.incomplete_details) == ("completed", None, None)
    [message] = response.output
    assert message.type == "message"
    [part] = message.content
    assert part.type == "output_text"
    [annotation] = part.annotations
    assert annotation.type == "url_citation"
    assert (annotation.title, annotation.url) == ("Minutes", source)
    assert part.text[annotation.start_index : annotation.end_index] == "[1]"


@pytest.mark.parametrize("form", ASK)
def test_usage_counts_words(client: OpenAI, form: str) -> None:
    """Those read and those written; no tokens are spent."""
    usage = _ask(client, form).usage.model_dump()
    read, written = (usage.get(a, usage.get(b)) for a, b in (
        ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"),
    ))  # fmt: skip
    assert read == 5
    assert written == 11
    assert usage["total_tokens"] == 16


@pytest.mark.parametrize("form", ASK)
def test_the_verdict_comes_with_it(client: OpenAI, backend: FakeBackend, form: str) -> None:
    """What OpenAI's forms have no field for: certainty, confidence, and the reason of an abstention."""
    verdict = _ask(client, form).model_extra["saywhere"]
    assert verdict.pop("id").startswith("ans_")
    assert verdict == {
        "answered": True,
        "unit": "short_answer",
        "certainty": "sure",
        "confidence": 0.9124,
        "short_answer_confidence": None,
        "drafted": False,
        "reason": None,
        "reply": None,
        "asked_as": None,
    }
    backend.engine.script = abstention
    assert _ask(client, form).model_extra["saywhere"]["reason"] == "not_answered_here"


def test_a_stream_has_the_annotations_before_its_stop(client: OpenAI, source: str) -> None:
    """First the role, then the text in pieces, then all annotations in one chunk, the stop, and the usage."""
    options: Any = {"include_usage": True}
    chunks = list(_ask(client, "chat.completions", stream=True, stream_options=options))
    assert len({chunk.id for chunk in chunks}) == 1
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert (deltas[0].role, deltas[0].content) == ("assistant", "")
    assert "".join(delta.content or "" for delta in deltas) == TEXT.format(url=source)
    assert len(deltas) == 1 + 3 + 1 + 1
    [annotation] = deltas[-2].model_extra["annotations"]
    assert annotation["url_citation"]["url"] == source
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * 5 + ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens == 16


def test_a_stream_has_no_usage_unless_asked_for(client: OpenAI) -> None:
    """Its last chunk is the stop, as clients expect."""
    *_, last = _ask(client, "chat.completions", stream=True)
    assert last.choices[0].finish_reason == "stop"


def test_a_streamed_response_is_a_series_of_numbered_events(client: OpenAI, source: str) -> None:
    """The client's own helper puts them together again."""
    with client.responses.stream(model="saywhere", input="Who asked for a ship?") as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        *["response.output_text.delta"] * 3,
        "response.output_text.annotation.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert final.output_text == TEXT.format(url=source)
    assert final.output[0].content[0].annotations[0].url == source  # type: ignore[union-attr]


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES.values(), ids=lambda outcome: outcome.question)
def test_each_form_says_the_same_of_each_answer(
    client: OpenAI, backend: FakeBackend, outcome: Outcome
) -> None:
    """Whole and streamed; with an annotation for each citation of each statement."""
    backend.engine.script = outcomes.outcome_of
    question: Any = [{"role": "user", "content": outcome.question}]
    message = client.chat.completions.create(model="saywhere", messages=question).choices[0].message
    chunks = list(client.chat.completions.create(model="saywhere", messages=question, stream=True))
    response = client.responses.create(model="saywhere", input=question)
    with client.responses.stream(model="saywhere", input=question) as stream:
        streamed = stream.get_final_response()
    assert message.content == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert message.content == response.output_text == streamed.output_text
    urls = [annotation.url_citation.url for annotation in message.annotations or []]
    assert urls == [a.url for a in response.output[0].content[0].annotations]  # type: ignore[union-attr]
    parts = [*outcome.statements, *outcome.conflicts] if isinstance(outcome, Answer) else []
    assert len(urls) == sum(len(part.citations) for part in parts)


def test_an_abstention_is_a_plain_sentence(client: OpenAI, backend: FakeBackend, source: str) -> None:
    """With the nearest place; it has no annotations, since nothing is cited."""
    backend.engine.script = abstention
    message = _ask(client, "chat.completions").choices[0].message
    assert message.content == (
        "The documents don't answer this. The nearest places:\n\n"
        f"1. [Minutes]({source}): “She asked for a second ship.”"
    )
    assert message.annotations == []


def test_links_have_the_public_address(backend: FakeBackend) -> None:
    """Behind a proxy the service doesn't know the address that its readers use."""
    backend.settings = Settings(public_url="https://docs.example.com/")
    with TestClient(create_app(backend, open_reading=True)) as client:
        body = client.post("/v1/responses", json={"model": "saywhere", "input": "Who?"}).json()
    url = body["output"][0]["content"][0]["annotations"][0]["url"]
    assert url.startswith("https://docs.example.com/documents/notes/may%201.txt?version=")


@pytest.mark.parametrize("form", ASK)
def test_the_engine_gets_the_conversation(client: OpenAI, backend: FakeBackend, form: str) -> None:
    """Collection by model, history by messages, and filters beside OpenAI's own fields."""
    sent: Any = [
        {"role": "system", "content": "Answer in verse."},
        {"role": "user", "content": "Who asked for a ship?"},
        {"role": "assistant", "content": _ask(client, "chat.completions").choices[0].message.content},
        {"role": "user", "content": "And when?"},
    ]
    more: Any = {"extra_body": {"filters": {"team": "sea"}}, "temperature": 0.7}
    if form == "responses":
        client.responses.create(model="saywhere/hr", input=sent, **more)
    else:
        client.chat.completions.create(model="saywhere/hr", messages=sent, **more)
    question, deadline = backend.engine.questions[-1], backend.engine.deadlines[-1]
    assert (question.text, question.collection, question.filters) == ("And when?", "hr", {"team": "sea"})
    assert [(turn.question, turn.answer) for turn in question.history] == [("Who asked for a ship?", "Ada")]
    assert deadline is not None


@pytest.mark.parametrize("form", ASK)
@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (errors.UnknownCollection("no collection 'hr'"), openai.NotFoundError, "model_not_found"),
        (errors.InvalidQuestion("it is empty"), openai.BadRequestError, "invalid_question"),
        (errors.Busy("ask again"), openai.InternalServerError, "busy"),
        (errors.DeadlineExceeded("took too long"), openai.InternalServerError, "deadline"),
        (RuntimeError("/srv/private"), openai.InternalServerError, "unexpected"),
    ],
)
def test_an_error_is_the_clients_own_exception(
    client: OpenAI,
    backend: FakeBackend,
    form: str,
    error: Exception,
    kind: type[openai.APIStatusError],
    code: str,
) -> None:
    """With its code and the request's id; nothing internal is revealed, whole or streamed."""
    backend.engine.script = _raising(error)
    for stream in (False, True):
        with pytest.raises(kind) as caught:
            _ask(client, form, stream=stream)
        assert caught.value.code == code
        assert caught.value.request_id
        assert "private" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("chat/completions", {"model": None, "messages": QUESTION}, "model"),
        ("chat/completions", {"messages": []}, "messages"),
        ("chat/completions", {"messages": [{"role": "system", "content": "x"}]}, "messages"),
        ("chat/completions", {"messages": QUESTION, "n": 2}, "n"),
        ("chat/completions", {"messages": QUESTION, "response_format": JSON}, "response_format.type"),
        ("responses", {"input": ""}, "input"),
        ("responses", {"input": "Who?", "text": {"format": JSON}}, "text.format.type"),
        ("responses", {"input": "Who?", "previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", {"input": "Who?", "background": True}, "background"),
    ],
)
def test_what_cannot_be_answered_is_a_400(
    client: OpenAI, path: str, body: dict[str, Any], param: str
) -> None:
    """It names the field; a form of answer that there isn't is refused, not ignored."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.post(f"/{path}", body={"model": "saywhere", **body}, cast_to=object)
    assert (caught.value.type, caught.value.param) == ("invalid_request_error", param)


def test_a_busy_service_is_asked_again_by_the_client(url: str, backend: FakeBackend) -> None:
    """The client keeps to the Retry-After that comes with a 503."""
    outcomes_in_turn: list[Exception | None] = [errors.Busy("ask again"), None]

    def script(question: str) -> Outcome:
        error = outcomes_in_turn.pop(0)
        if error:
            raise error
        return answer(question)

    backend.engine.script = script
    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=1, timeout=60) as client:
        assert _ask(client, "chat.completions").choices[0].message.content.startswith("**Ada**")
    assert len(backend.engine.questions) == 2


@pytest.mark.parametrize("form", ASK)
def test_an_error_after_the_first_chunk_ends_the_stream(
    client: OpenAI, backend: FakeBackend, form: str
) -> None:
    """Its message reveals nothing internal."""
    backend.engine.script, backend.engine.steps_before_script = _raising(RuntimeError("/srv/private")), 1
    stream = _ask(client, form, stream=True)
    if form == "responses":
        *_, last = stream
        assert (last.type, last.code) == ("error", "unexpected")
        message = last.message
    else:
        assert next(stream).choices[0].delta.role == "assistant"
        with pytest.raises(openai.APIError) as caught:
            next(stream)
        assert caught.value.code == "unexpected"
        message = caught.value.message
    assert message.startswith("Something went wrong here")
    assert "private" not in message


def test_the_first_chunk_comes_while_the_question_runs() -> None:
    """A client shows that an answer is on its way."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        assert release.wait(60)
        return answer(question)

    backend = FakeBackend(script=slow)
    backend.engine.steps_before_script = 1
    with in_thread(backend) as url, OpenAI(base_url=f"{url}/v1", api_key="none", timeout=60) as client:
        stream = _ask(client, "chat.completions", stream=True)
        assert next(stream).choices[0].delta.role == "assistant"
        release.set()
        assert [*stream][-1].choices[0].finish_reason == "stop"


def test_limits_are_those_of_ask(client: OpenAI) -> None:
    """A body over the limit, another media type, and a wrong method have OpenAI's form, too."""
    with pytest.raises(openai.APIStatusError) as caught:
        client.post("/chat/completions", body={"messages": "x" * 60_000}, cast_to=object)
    assert (caught.value.status_code, caught.value.code) == (413, "body_too_large")
    base = str(client.base_url)
    plain = httpx.post(f"{base}chat/completions", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (plain.status_code, plain.json()["error"]["code"]) == (415, "wrong_content_type")
    assert httpx.get(f"{base}responses").json()["error"]["type"] == "invalid_request_error"


def test_a_slow_question_is_a_504() -> None:
    """As for ``/v1/ask``."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(seconds=0.05)), slow)
    with TestClient(create_app(backend, open_reading=True)) as client:
        body = {"model": "saywhere", "messages": QUESTION}
        response = client.post("/v1/chat/completions", json=body)
        release.set()
    assert (response.status_code, response.json()["error"]["code"]) == (504, "deadline")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
def test_pages_of_other_sites_have_the_rules_of_ask(path: str) -> None:
    """An unlisted one is refused; a listed one asks public collections, as often as is allowed."""
    listed, unlisted = "https://open.example", "https://elsewhere.example"
    widget = WidgetSettings(origins=(listed,), public=("default",), per_minute=1)
    backend = FakeBackend(Settings(widget=widget))

    def post(origin: str, model: str = "saywhere") -> httpx.Response:
        body = {"model": model, "messages": QUESTION, "input": "Who?"}
        response: httpx.Response = client.post(path, json=body, headers={"Origin": origin})  # type: ignore[assignment]
        return response

    with TestClient(create_app(backend, open_reading=True)) as client:
        refused = post(unlisted)
        assert (refused.status_code, refused.json()["error"]["type"]) == (403, "permission_error")
        assert backend.engine.questions == []
        assert post(listed, "saywhere/hr").json()["error"]["code"] == "token_needed"
        assert post(listed).headers["access-control-allow-origin"] == listed
        limited = post(listed)
        assert (limited.status_code, limited.json()["error"]["type"]) == (429, "rate_limit_error")
        assert int(limited.headers["retry-after"]) >= 1


def test_open_webui_finds_title_and_url(client: OpenAI, source: str) -> None:
    """It reads each annotation of a chunk's delta for a source to show below the message."""
    sources = []
    response = httpx.post(
        f"{client.base_url}chat/completions",
        json={"model": "saywhere", "messages": QUESTION, "stream": True},
    )
    for line in response.text.splitlines():
        if not line.startswith("data: {"):
            continue
        delta = json.loads(line.removeprefix("data: "))["choices"][0]["delta"]
        for annotation in delta.get("annotations") or []:
            if annotation["type"] == "url_citation" and "url_citation" in annotation:
                sources.append((annotation["url_citation"]["title"], annotation["url_citation"]["url"]))
    assert sources == [("Minutes", source)]
    assert response.text.endswith("data: [DONE]\n\n")


def test_citations_are_those_of_ask(client: OpenAI, backend: FakeBackend) -> None:
    """Each annotation's URL is the absolute form of a citation's."""
    backend.engine.script = outcomes.outcome_of
    question: Any = [{"role": "user", "content": outcomes.ROWS.question}]
    message = client.chat.completions.create(model="saywhere", messages=question).choices[0].message
    base = str(client.base_url).removesuffix("/v1/")
    urls = [f"{base}{citation.url}" for citation in outcome_out(outcomes.ROWS).citations]
    assert list(dict.fromkeys(a.url_citation.url for a in message.annotations or [])) == urls
