"""Links of answers that leave this service, where a path alone leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from rag.wire.asking import AnswerOut, CitationOut
from rag.wire.documents import DocumentOut
from rag.wire.links import document_url
from rag.wire.replies import ListedDocumentOut

_RESOURCE = "saywhere://documents/"


class Links:
    """Makes absolute URLs.

    Args:
        base_url: where readers reach this service's pages; None: nowhere, so that links lead to the sources
            themselves where these are on the web, else to this service's MCP resources.
    """

    def __init__(self, base_url: str | None) -> None:
        self._base_url = base_url.rstrip("/") if base_url else None

    def citation(self, citation: CitationOut) -> str:
        """The page that marks the quote."""
        if self._base_url is not None:
            return self._base_url + citation.url if citation.url.startswith("/") else citation.url
        if citation.uri.startswith(("http://", "https://")):
            return citation.uri.partition("#")[0] + citation.text_fragment
        return resource_uri(citation.document_id)

    def document(self, document: DocumentOut, start: int, end: int) -> str:
        """The page that shows a document with code points ``[start, end)`` marked."""
        if self._base_url is not None:
            version = document.version.removeprefix("sha256:")
            return self._base_url + document_url(document.id, version, start, end)
        is_web = document.uri.startswith(("http://", "https://"))
        return document.uri if is_web else resource_uri(document.id)

    def answer(self, answer: AnswerOut) -> AnswerOut:
        """The answer with absolute URLs in its citations."""
        abstention = answer.abstention
        if abstention is not None:
            abstention = abstention.model_copy(update={"nearest": self._absolute(abstention.nearest)})
        reply = answer.reply
        if reply is not None:
            listed = [one.model_copy(update={"url": self.page(one)}) for one in reply.documents]
            reply = reply.model_copy(update={"documents": listed})
        return answer.model_copy(
            update={
                "citations": self._absolute(answer.citations),
                "abstention": abstention,
                "reply": reply,
            }
        )

    def page(self, document: ListedDocumentOut) -> str:
        """The page that shows a listed document."""
        if self._base_url is not None:
            return self._base_url + document.url if document.url.startswith("/") else document.url
        is_web = document.uri.startswith(("http://", "https://"))
        return document.uri if is_web else resource_uri(document.document_id)

    def _absolute(self, citations: Iterable[CitationOut]) -> list[CitationOut]:
        return [one.model_copy(update={"url": self.citation(one)}) for one in citations]


def resource_uri(document_id: str) -> str:
    """The URI of a document as an MCP resource.

    >>> resource_uri("notes/may 1.txt")
    'saywhere://documents/notes/may%201.txt'
    """
    return _RESOURCE + quote(document_id, safe="/")
