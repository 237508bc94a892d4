"""The laws of an LLM, on the fake, on both clients over loopback, and behind the breaker."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from rag.adapters.llama_index.llm import open_llm
from rag.adapters.llm_breaker import LlmBreaker
from rag.errors import LlmError, LlmFailure
from rag.ports.llm import Llm, Prompt
from rag.settings import LlmSettings
from tests.fakes.llm import ScriptedLlm
from tests.fakes.llm_server import LlmServer, Reply, llm_server

TEXT = "Ships leave at nine [2].\nNone leaves later – 🙂 [3]."
PROMPT = Prompt(system="Answer.", user="When do ships leave?")
KINDS = ["fake", "openai_like", "ollama", "breaker"]


def settings_for(server: LlmServer, provider: str = "openai_like", **more: object) -> LlmSettings:
    """Settings for a scripted server."""
    path = "/v1" if provider == "openai_like" else ""
    return LlmSettings(provider=provider, base_url=server.url + path, model="scripted", **more)  # type: ignore[arg-type]


def ask(llm: Llm, *, is_streamed: bool, seconds: float = 30) -> None:
    """Asks for the whole text, in either way."""
    if is_streamed:
        list(llm.stream(PROMPT, seconds=seconds))
    else:
        llm.complete(PROMPT, seconds=seconds)


@pytest.fixture(params=KINDS)
def llm(request: pytest.FixtureRequest) -> Iterator[Llm]:
    """An LLM that says TEXT."""
    if request.param == "fake":
        yield ScriptedLlm(TEXT)
        return
    with llm_server(Reply(text=TEXT)) as server:
        provider = "ollama" if request.param == "ollama" else "openai_like"
        opened: Llm = open_llm(settings_for(server, provider))
        if request.param == "breaker":
            opened = LlmBreaker(opened, pause_seconds=30)
        yield opened
        opened.close()


def test_a_streams_pieces_are_the_whole_text(llm: Llm) -> None:
    """Joined they are what ``complete`` gives, characters beyond ASCII and line ends included."""
    assert llm.complete(PROMPT, seconds=30).text == TEXT
    pieces = [chunk.text for chunk in llm.stream(PROMPT, seconds=30)]
    assert "".join(pieces) == TEXT
    assert len(pieces) > 2


def test_usage_comes_with_the_text(llm: Llm) -> None:
    """Of a stream with one of its pieces."""
    assert llm.complete(PROMPT, seconds=30).usage.prompt_tokens == 7
    counts = [chunk.usage for chunk in llm.stream(PROMPT, seconds=30) if chunk.usage is not None]
    assert [count.prompt_tokens for count in counts] == [7]


def test_nothing_is_asked_before_the_first_piece_is(llm: Llm) -> None:
    """A stream that isn't read makes no request, and can be closed."""
    stream = llm.stream(PROMPT, seconds=30)
    stream.close()
    assert list(stream) == []


def test_a_stream_can_be_left_at_any_piece(llm: Llm) -> None:
    """The LLM answers the next question all the same."""
    stream = llm.stream(PROMPT, seconds=30)
    next(stream)
    stream.close()
    assert llm.complete(PROMPT, seconds=30).text == TEXT


@pytest.mark.parametrize("provider", ["openai_like", "ollama"])
@pytest.mark.parametrize("is_streamed", [False, True], ids=["complete", "stream"])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=429, body=b"{}", headers={"Retry-After": "7"}), LlmFailure.RATE_LIMITED),
        (Reply(status=404, body=b'{"error": "model not found"}'), LlmFailure.REJECTED),
        (Reply(status=401, body=b'{"error": {"message": "key sk-secret is wrong"}}'), LlmFailure.REJECTED),
        (Reply(status=307, body=b"", headers={"Location": "http://127.0.0.1:1/v1"}), LlmFailure.REJECTED),
        (Reply(status=503, body=b"overloaded"), LlmFailure.UNAVAILABLE),
        (Reply(body=b"<html>sign in</html>"), LlmFailure.MALFORMED),
        (Reply(body=b'{"choices": 3}'), LlmFailure.MALFORMED),
        (Reply(body=b""), LlmFailure.MALFORMED),
        (Reply(text="Ships leave", finish="length"), LlmFailure.CUT_OFF),
        (Reply(text="Ships leave", finish=None), LlmFailure.CUT_OFF),
        (Reply(text=TEXT, wait=5), LlmFailure.TIME_OUT),
    ],
    ids=lambda value: value if isinstance(value, LlmFailure) else "",
)
def test_each_fault_is_one_error_with_its_reason(
    reply: Reply, reason: LlmFailure, is_streamed: bool, provider: str
) -> None:
    """Within the time, after one request, and without the endpoint's own words in its message."""
    with llm_server(reply) as server:
        llm = open_llm(settings_for(server, provider))
        seconds = 1 if reason is LlmFailure.TIME_OUT else 30
        begun = time.monotonic()
        with pytest.raises(LlmError) as caught:
            ask(llm, is_streamed=is_streamed, seconds=seconds)
        assert caught.value.reason is reason
        assert time.monotonic() - begun < 3 or seconds > 3
        assert len(server.requests) == 1
        assert "secret" not in str(caught.value)
        expected = 7.0 if reason is LlmFailure.RATE_LIMITED else None
        assert caught.value.retry_after == expected
        server.closing.set()
        llm.close()


@pytest.mark.parametrize("provider", ["openai_like", "ollama"])
def test_a_connection_that_breaks_cuts_the_text_off(provider: str) -> None:
    """After some pieces."""
    with llm_server(Reply(text=TEXT, breaks_after=3)) as server:
        llm = open_llm(settings_for(server, provider))
        pieces: list[str] = []
        with pytest.raises(LlmError) as caught:
            pieces.extend(chunk.text for chunk in llm.stream(PROMPT, seconds=30))
        assert caught.value.reason is LlmFailure.CUT_OFF
        llm.close()


@pytest.mark.parametrize("provider", ["openai_like", "ollama"])
def test_an_endpoint_that_is_gone_is_unavailable(provider: str) -> None:
    """Nothing listens on its port."""
    with llm_server(Reply(text=TEXT)) as server:
        settings = settings_for(server, provider)
    llm = open_llm(settings)
    with pytest.raises(LlmError) as caught:
        llm.complete(PROMPT, seconds=30)
    assert caught.value.reason is LlmFailure.UNAVAILABLE
    llm.close()


@pytest.mark.parametrize("is_streamed", [False, True], ids=["complete", "stream"])
@pytest.mark.parametrize("reply", [Reply(refusal="I can't help."), Reply(finish="content_filter")])
def test_a_refusal_is_told_apart(reply: Reply, is_streamed: bool) -> None:
    """Where the protocol has a place for it: the model's own, or a filter's."""
    with llm_server(reply) as server:
        llm = open_llm(settings_for(server))
        with pytest.raises(LlmError) as caught:
            ask(llm, is_streamed=is_streamed)
        assert caught.value.reason is LlmFailure.REFUSED
        llm.close()


@pytest.mark.parametrize("provider", ["openai_like", "ollama"])
def test_a_stream_that_drips_ends_on_time(provider: str) -> None:
    """Though no single piece is late."""
    with llm_server(Reply(text=TEXT * 20, between=0.05)) as server:
        llm = open_llm(settings_for(server, provider))
        begun = time.monotonic()
        with pytest.raises(LlmError) as caught:
            list(llm.stream(PROMPT, seconds=0.6))
        assert caught.value.reason is LlmFailure.TIME_OUT
        assert time.monotonic() - begun < 3
        server.closing.set()
        llm.close()


def test_the_first_piece_has_a_time_of_its_own() -> None:
    """A model that hasn't begun by then is given up, long before the whole time is over."""
    with llm_server(Reply(text=TEXT, wait=5)) as server:
        llm = open_llm(settings_for(server, first_token_seconds=0.3))
        begun = time.monotonic()
        with pytest.raises(LlmError) as caught:
            next(llm.stream(PROMPT, seconds=30))
        assert caught.value.reason is LlmFailure.TIME_OUT
        assert time.monotonic() - begun < 3
        server.closing.set()
        llm.close()


def test_leaving_a_stream_ends_the_request() -> None:
    """The endpoint sees the connection go, so that it can stop."""
    with llm_server(Reply(text=TEXT * 2000, between=0.002)) as server:
        llm = open_llm(settings_for(server))
        stream = llm.stream(PROMPT, seconds=60)
        next(stream)
        stream.close()
        assert server.disconnected.wait(10)
        llm.close()
