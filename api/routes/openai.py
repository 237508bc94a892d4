"""The same answers in the forms of OpenAI's API: models, chat completions, responses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from api.audit import note_documents
from api.backend import Backend
from api.links import Links
from api.markdown.message import message_of
from api.markdown.writer import Message
from api.media_type import requires_json
from api.openai import models
from api.openai.asking import AnswerSteps, whole_answer
from api.openai.chat import ChatCompletion, ChatWriter, event_line
from api.openai.conversation import question_of
from api.openai.errors import ErrorOut, error_of
from api.openai.requests import ChatRequest, ResponsesRequest
from api.openai.requests import Message as MessageIn
from api.openai.responses import ResponseOut, ResponseWriter
from api.openai.usage import Usage, usage_of
from api.openai.verdict import Verdict, verdict_of
from api.problems.handlers import stream_problem
from api.security.access import AskedBackend, ReadBackend
from api.security.origins import UsesAskAccess
from api.streaming.events import EVENT_SCHEMA, MEDIA_TYPE
from rag.errors import UnknownCollection
from rag.types import DEFAULT_COLLECTION, Question
from rag.wire.asking import AnswerOut

router = APIRouter(prefix="/v1", tags=["OpenAI's forms"])

_STATUSES = (400, 401, 403, 404, 413, 415, 429, 500, 503, 504)
_ERRORS: dict[int | str, Any] = {status: {"model": ErrorOut} for status in _STATUSES}
_STREAM: dict[int | str, Any] = {200: {"content": {MEDIA_TYPE: {"schema": EVENT_SCHEMA}}}}

_ONE = (401, 403, 404, 429, 500)

Parts = tuple[Message, Usage, Verdict]
"""What a response is made of."""


@router.get("/models", responses={status: {"model": ErrorOut} for status in (401, 403, 429, 500)})
def listing(backend: ReadBackend) -> models.ModelList:
    """A model for each collection: `saywhere` for the default one, `saywhere/NAME` for another."""
    return models.model_list(backend.catalog.collections())


@router.get("/models/{model:path}", responses={status: {"model": ErrorOut} for status in _ONE})
def model(model: str, backend: ReadBackend) -> models.ModelOut:
    """One of the models."""
    collection = models.collection_of(model)
    if collection != DEFAULT_COLLECTION and collection not in backend.catalog.collections():
        raise UnknownCollection(f"there is no model {model!r}; GET /v1/models lists them")
    return models.ModelOut(id=model)


@router.post(
    "/chat/completions",
    dependencies=[Depends(requires_json)],
    responses=_ERRORS | _STREAM,
    response_model=ChatCompletion,
)
async def chat_completions(
    body: ChatRequest, request: Request, backend: AskedBackend, access: UsesAskAccess
) -> ChatCompletion | Response:
    """Answers the last message from the documents, as a chat completion.

    The message is Markdown with marks [1] and a list of sources; each mark has a `url_citation` in the
    `annotations`, in a stream in a chunk before the last. Where the documents hold no answer, the message
    says so in one sentence, with the nearest places.
    """
    question = _question(body.model, body.messages, body.filters)
    access.admit(request, question.collection)
    writer = ChatWriter(body.model)
    if not body.stream:
        answer = await whole_answer(request, backend, question)
        return writer.completion(*_parts(answer, question, request, backend))
    include_usage = bool(body.stream_options and body.stream_options.include_usage)

    def lines(parts: Parts) -> Iterable[str]:
        return writer.chunks(*parts, include_usage=include_usage)

    def failed(error: ErrorOut) -> str:
        return event_line(error.model_dump())

    return await _stream(request, backend, question, [writer.opening()], lines, failed)


@router.post(
    "/responses",
    dependencies=[Depends(requires_json)],
    responses=_ERRORS | _STREAM,
    response_model=ResponseOut,
)
async def responses(
    body: ResponsesRequest, request: Request, backend: AskedBackend, access: UsesAskAccess
) -> ResponseOut | Response:
    """Answers the input from the documents, as a response.

    The text and its `annotations` are those of a chat completion. Nothing is stored: earlier turns are sent
    with each request.
    """
    messages = body.input if isinstance(body.input, list) else [MessageIn(role="user", content=body.input)]
    question = _question(body.model, messages, body.filters)
    access.admit(request, question.collection)
    writer = ResponseWriter(body.model)
    if not body.stream:
        answer = await whole_answer(request, backend, question)
        return writer.response(*_parts(answer, question, request, backend))

    def lines(parts: Parts) -> Iterable[str]:
        return writer.events(*parts)

    return await _stream(request, backend, question, writer.opening(), lines, writer.error)


def _question(model: str, messages: list[MessageIn], filters: dict[str, str]) -> Question:
    return question_of(messages, collection=models.collection_of(model), filters=filters)


def _parts(answer: AnswerOut, question: Question, request: Request, backend: Backend) -> Parts:
    links = Links(backend.settings.public_url or str(request.base_url))
    cited = {citation.document_id for citation in answer.citations}
    note_documents(request, cited, collection=question.collection)
    message = message_of(links.answer(answer))
    return message, usage_of(question, message), verdict_of(answer)


async def _stream(
    request: Request,
    backend: Backend,
    question: Question,
    opening: Iterable[str],
    lines: Callable[[Parts], Iterable[str]],
    failed: Callable[[ErrorOut], str],
) -> Response:
    """The opening as soon as the question's first step has ended, then the answer's lines.

    Args:
        lines: the lines of an answer.
        failed: the line of an error after the response began.
    """
    steps = await AnswerSteps.begin(request, backend, question)

    async def body() -> AsyncIterator[str]:
        try:
            for line in opening:
                yield line
            for line in lines(_parts(await steps.answer(), question, request, backend)):
                yield line
        except Exception as error:  # noqa: BLE001 (logged; the response has begun)
            yield failed(error_of(stream_problem(request, error), request.url.path))
        finally:
            await steps.close()

    return StreamingResponse(body(), media_type=MEDIA_TYPE)
