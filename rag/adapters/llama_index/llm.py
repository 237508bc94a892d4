"""LLMs through llama-index's classes: any OpenAI-compatible endpoint, or Ollama.

Both clients take keys and headers from the environment where they get none (OPENAI_API_KEY, OPENAI_ORG_ID,
OLLAMA_API_KEY, …), and follow redirects. Neither happens here: a request goes to the address of the settings
alone, with the headers that it needs and the settings' key.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from threading import local
from typing import Any

import httpx

from rag.adapters.llama_index.llm_errors import to_llm_error
from rag.adapters.llama_index.llm_responses import checked_end, is_refusal, usage_of
from rag.adapters.llama_index.timed_iteration import iterate_within
from rag.errors import InvalidSettings, LlmError, LlmFailure
from rag.ports.llm import Chunk, Completion, Prompt, Usage
from rag.settings import LlmSettings

_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")
_NO_KEY = "none"  # without one it would be taken from the environment; Connection sets the real one


class Connection:
    """The HTTP client of an LLM, and the response that each thread is reading.

    openai's stream is part of a reference cycle, so that leaving it doesn't end its request; this does.
    """

    def __init__(self, settings: LlmSettings) -> None:
        self._key = settings.api_key.get_secret_value() if settings.api_key else None
        self._reading = local()
        self.options: dict[str, Any] = {
            "timeout": httpx.Timeout(settings.seconds, connect=settings.connect_seconds),
            "follow_redirects": False,
            "event_hooks": {"request": [self._set_headers], "response": [self._begin]},
        }

    def end_request(self) -> None:
        """Closes the response that this thread is reading, if it is."""
        response: httpx.Response | None = getattr(self._reading, "response", None)
        if response is not None:
            response.close()

    def _begin(self, response: httpx.Response) -> None:
        self._reading.response = response

    def _set_headers(self, request: httpx.Request) -> None:
        for name in set(request.headers) - set(_HEADERS):
            del request.headers[name]
        if self._key is not None:
            request.headers["authorization"] = f"Bearer {self._key}"


class LlamaIndexLlm:
    """Fulfils ``Llm`` by a chat model of llama-index, which must not retry.

    Args:
        llm: a ``llama_index.core.llms.LLM``.
        connection: whose options its client was made with.
        close: closes that client.
    """

    def __init__(
        self,
        llm: Any,
        *,
        name: str,
        first_token_seconds: float,
        connection: Connection,
        close: Callable[[], None],
    ) -> None:
        self._llm = llm
        self._name = name
        self._first_token_seconds = first_token_seconds
        self._connection = connection
        self._close = close

    @property
    def name(self) -> str:
        return self._name

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        def responses() -> Generator[Any]:
            yield self._llm.chat(_messages(prompt))

        text, usage, last = "", Usage(), None
        for response in self._within(responses, seconds=seconds, first_seconds=seconds):
            text, usage, last = response.message.content or "", usage_of(response) or usage, response
        checked_end(last)
        return Completion(text=text, usage=usage)

    def stream(self, prompt: Prompt, *, seconds: float) -> Generator[Chunk]:
        def responses() -> Generator[Any]:
            try:
                yield from self._llm.stream_chat(_messages(prompt))
            finally:
                self._connection.end_request()

        last = ended = None
        first_seconds = self._first_token_seconds
        with closing(self._within(responses, seconds=seconds, first_seconds=first_seconds)) as items:
            for last in items:
                ended = ended or checked_end(last, is_last=False)
                yield Chunk(text=last.delta or "", usage=usage_of(last))
        if not ended:
            checked_end(last)

    def close(self) -> None:
        self._close()

    def _within(
        self, responses: Callable[[], Generator[Any]], *, seconds: float, first_seconds: float
    ) -> Generator[Any]:
        """The responses; every exception as LlmError."""
        has_begun = False
        try:
            with closing(iterate_within(responses, seconds=seconds, first_seconds=first_seconds)) as items:
                for response in items:
                    if is_refusal(response):
                        raise LlmError(LlmFailure.REFUSED, "the LLM refuses to answer")
                    has_begun = True
                    yield response
        except LlmError:
            raise
        except Exception as error:  # the clients raise what their parts raise
            raise to_llm_error(error, has_begun=has_begun) from error


def open_llm(settings: LlmSettings) -> LlamaIndexLlm:
    """The LLM of the settings; their provider isn't "none".

    Raises:
        InvalidSettings: the provider's package isn't installed, or doesn't know the model.
    """
    extra = "llm" if settings.provider == "openai_like" else "ollama"
    connection = Connection(settings)
    try:
        llm, close = (_openai_like if extra == "llm" else _ollama)(settings, connection)
    except ImportError as error:
        message = f"SAYWHERE_LLM__PROVIDER: {settings.provider} needs `pip install 'saywhere[{extra}]'`"
        raise InvalidSettings(message) from error
    except ValueError as error:
        raise InvalidSettings(f"SAYWHERE_LLM__MODEL: {settings.model!r} can't be used: {error}") from error
    return LlamaIndexLlm(
        llm,
        name=f"{settings.provider}:{settings.model}",
        first_token_seconds=settings.first_token_seconds,
        connection=connection,
        close=close,
    )


def _openai_like(settings: LlmSettings, connection: Connection) -> tuple[Any, Callable[[], None]]:
    from llama_index.llms.openai_like import OpenAILike

    client = httpx.Client(**connection.options)
    llm = OpenAILike(
        model=settings.model,
        api_base=settings.base_url,
        api_key=_NO_KEY,
        api_version="-",
        is_chat_model=True,
        context_window=settings.context_tokens,
        max_tokens=settings.max_tokens,
        temperature=0.0,
        max_retries=0,
        timeout=settings.seconds,
        http_client=client,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    return llm, client.close


def _ollama(settings: LlmSettings, connection: Connection) -> tuple[Any, Callable[[], None]]:
    from llama_index.llms.ollama import Ollama
    from ollama import Client

    client = Client(settings.base_url, **connection.options)
    llm = Ollama(
        model=settings.model,
        base_url=settings.base_url or "",
        temperature=0.0,
        context_window=settings.context_tokens,
        request_timeout=settings.seconds,
        client=client,
        additional_kwargs={"num_predict": settings.max_tokens},
    )
    return llm, client.close


def _messages(prompt: Prompt) -> list[Any]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [
        ChatMessage(role=MessageRole.SYSTEM, content=prompt.system),
        ChatMessage(role=MessageRole.USER, content=prompt.user),
    ]
