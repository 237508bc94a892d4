"""Wire models of the reply to small talk, and the core's reply to them and back."""

from __future__ import annotations

from pydantic import Field

from rag.types import CannedReply, ListedDocument, TalkKind
from rag.wire.base import Out, Version
from rag.wire.links import page_url

_ALGORITHM = "sha256:"


class ListedDocumentOut(Out):
    """A document in a list of them."""

    document_id: str
    version: Version
    title: str
    uri: str
    url: str = Field(description="the page of this service that shows it")


class CannedReplyOut(Out):
    """What to say to small talk or to a question about the service; it is no answer from documents."""

    kind: TalkKind
    text: str
    language: str = Field(description="of the text, a BCP 47 tag")
    documents: list[ListedDocumentOut] = Field(description="where they were asked for: the first of them")
    document_count: int | None = Field(description="how many there are; null where they weren't asked for")


def reply_out(reply: CannedReply) -> CannedReplyOut:
    """A canned reply with links to the documents that it lists."""
    return CannedReplyOut(
        kind=reply.kind,
        text=reply.text,
        language=reply.language,
        documents=[
            ListedDocumentOut(
                document_id=document.document_id,
                version=_ALGORITHM + document.version,
                title=document.title,
                uri=document.uri,
                url=page_url(document.document_id),
            )
            for document in reply.documents
        ],
        document_count=reply.document_count,
    )


def reply_in(body: CannedReplyOut) -> CannedReply:
    """The core's reply."""
    return CannedReply(
        kind=body.kind,
        text=body.text,
        language=body.language,
        documents=tuple(
            ListedDocument(
                document_id=document.document_id,
                version=document.version.removeprefix(_ALGORITHM),
                title=document.title,
                uri=document.uri,
            )
            for document in body.documents
        ),
        document_count=body.document_count,
    )
