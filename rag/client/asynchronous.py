"""The asynchronous client, with the same methods as the synchronous one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TypeVar

import httpx
from pydantic import BaseModel

from rag.client import calls
from rag.client.calls import Call
from rag.client.errors import Unreachable
from rag.client.events import Event, EventParser
from rag.client.retries import Retries, retry_after_seconds
from rag.types import DEFAULT_COLLECTION
from rag.wire.asking import AnswerOut, TurnIn
from rag.wire.documents import CollectionOut, DocumentOut, DocumentSummary, TextIn
from rag.wire.grounding import GroundingOut
from rag.wire.jobs import JobOut
from rag.wire.searching import SearchOut

T = TypeVar("T", bound=BaseModel)

_POLL_SECONDS = 0.2  # between two looks at a job


class AsyncSaywhere:
    """Asks a running service. An asynchronous context manager, for one event loop.

    Every method raises ``Unreachable``, ``InvalidResponse``, or ``RequestFailed`` (see
    ``rag/client/errors.py``). A busy service is asked again after its ``Retry-After``.

    Args:
        url: the service's address.
        key: the API key or a token, sent as ``Authorization: Bearer``.
        seconds: that a request may take, each try by itself.
        transport: httpx's transport, for proxies and tests.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        seconds: float = 60.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._retries = retries or Retries()
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"), headers=calls.headers(key), timeout=seconds, transport=transport
        )

    async def __aenter__(self) -> AsyncSaywhere:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        history: Sequence[TurnIn | tuple[str, str]] = (),
        filters: Mapping[str, str] | None = None,
        trace: bool = False,
    ) -> AnswerOut:
        """An answer with exact citations, or an abstention (``answered`` is False).

        Args:
            history: earlier questions with their answers, oldest first.
            filters: metadata that a document must have.
            trace: whether the answer says how it came about.
        """
        return await self._send(
            calls.ask(question, collection=collection, history=history, filters=filters or {}, trace=trace)
        )

    async def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        history: Sequence[TurnIn | tuple[str, str]] = (),
        filters: Mapping[str, str] | None = None,
        trace: bool = False,
    ) -> AsyncIterator[Event]:
        """The events of an answer as they come; the last is the whole ``AnswerOut``.

        Closing the iterator ends the work on the question.
        """
        call = calls.ask(
            question,
            collection=collection,
            history=history,
            filters=filters or {},
            trace=trace,
            stream=True,
        )
        async with self._response(call, stream=True) as response:
            try:
                parser = EventParser()
                async for text in response.aiter_text():
                    for event in parser.feed(text):
                        yield event
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error

    async def search(
        self,
        query: str,
        k: int = 10,
        *,
        collection: str = DEFAULT_COLLECTION,
        filters: Mapping[str, str] | None = None,
    ) -> SearchOut:
        """The ``k`` best passages, best first, without an answer."""
        return await self._send(calls.search(query, k=k, collection=collection, filters=filters or {}))

    async def check_grounding(
        self,
        text: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        document_ids: Sequence[str] = (),
        texts: Sequence[str] = (),
        filters: Mapping[str, str] | None = None,
    ) -> GroundingOut:
        """For each sentence of a text, whether documents support it, and where.

        Args:
            document_ids: documents that it should rest on.
            texts: texts that it should rest on; without documents and texts, passages are retrieved.
            filters: metadata that a retrieved passage's document must have.
        """
        return await self._send(
            calls.check_grounding(
                text, collection=collection, document_ids=document_ids, texts=texts, filters=filters or {}
            )
        )

    async def documents(
        self,
        *,
        collection: str | None = None,
        under: str = "",
        filters: Mapping[str, str] | None = None,
        after: str = "",
    ) -> AsyncIterator[DocumentSummary]:
        """Every document by its id, fetched page by page.

        Args:
            collection: None: of all collections.
            under: only uris that begin so.
            after: only ids after this one.
        """
        while True:
            page = await self._send(
                calls.documents(
                    collection=collection, under=under, filters=filters or {}, limit=calls.PAGE, after=after
                )
            )
            for document in page.documents:
                yield document
            if page.next is None or not page.documents:
                return
            after = page.documents[-1].id

    async def document(self, document_id: str) -> DocumentOut:
        """A document's current version with its text. Raises NotFound."""
        return await self._send(calls.document(document_id))

    async def collections(self) -> list[CollectionOut]:
        """The collections by name."""
        return (await self._send(calls.collections())).collections

    async def add(self, texts: Sequence[TextIn], *, collection: str = DEFAULT_COLLECTION) -> JobOut:
        """Queues documents by their texts; one replaces the document with the same ``uri``.

        Writing needs the service's API key, or a service on this machine that has none.
        """
        return await self._send(calls.add(texts, collection=collection))

    async def upload(
        self,
        files: Mapping[str, bytes],
        *,
        collection: str = DEFAULT_COLLECTION,
        metadata: Mapping[str, str] | None = None,
    ) -> JobOut:
        """Queues documents by their files' names and contents, in any format that ingest reads."""
        return await self._send(calls.upload(files, collection=collection, metadata=metadata or {}))

    async def job(self, job_id: str) -> JobOut:
        """A job's progress, and what became of each document. Raises NotFound."""
        return await self._send(calls.job(job_id))

    async def finished(self, job: JobOut, *, seconds: float = 600.0) -> JobOut:
        """The job once it is over, whether its documents could be read or not.

        Raises:
            TimeoutError: it is still at it after these seconds.
        """
        deadline = time.monotonic() + seconds
        while not job.state.is_over:
            if time.monotonic() > deadline:
                raise TimeoutError(f"job {job.id} is {job.state} after {seconds:g} s")
            await asyncio.sleep(_POLL_SECONDS)
            job = await self.job(job.id)
        return job

    async def delete(self, document_id: str) -> None:
        """Deletes a document: no answer cites it any more. Raises NotFound."""
        await self._send(calls.delete(document_id))

    async def _send(self, call: Call[T]) -> T:
        async with self._response(call) as response:
            return call.parse(response)

    @asynccontextmanager
    async def _response(self, call: Call[T], *, stream: bool = False) -> AsyncIterator[httpx.Response]:
        """A successful response, which is closed at the end. A busy service is asked again."""
        tried = 0
        while True:
            tried += 1
            try:
                response = await self._http.send(call.build(self._http), stream=stream)
                if response.is_error:
                    await response.aread()
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error
            wait = self._retries.wait(
                response.status_code, retry_after_seconds(response.headers.get("retry-after")), tried
            )
            if wait is None:
                break
            await response.aclose()
            await asyncio.sleep(wait)
        try:
            if not response.is_success:
                raise calls.failed(response)
            yield response
        finally:
            await response.aclose()

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        return Unreachable(f"{self._http.base_url} can't be reached: {error or type(error).__name__}")
