"""The reply to small talk: a text of its language, with a list of documents where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from rag.ports.catalog import Catalog, DocumentRecord
from rag.question.small_talk.detection import SmallTalk
from rag.question.small_talk.language import NO_DOCUMENTS
from rag.types import CannedReply, ListedDocument, Question, TalkKind

MAX_LISTED = 20  # documents that a reply lists


def canned_reply(
    talk: SmallTalk, question: Question, catalog: Catalog, own_texts: Mapping[str, Mapping[str, str]]
) -> CannedReply:
    """The reply; it lists documents of the question's collection that have the metadata of its filters.

    Args:
        own_texts: by language and kind, in the place of the defaults.
    """
    texts = {**talk.language.texts, **own_texts.get(talk.language.tag, {})}
    if talk.kind is not TalkKind.DOCUMENTS:
        return CannedReply(kind=talk.kind, text=texts[talk.kind], language=talk.language.tag)
    count, records = _documents(question, catalog)
    return CannedReply(
        kind=talk.kind,
        text=texts[talk.kind if count else NO_DOCUMENTS],
        language=talk.language.tag,
        documents=tuple(sorted(map(_listed, records), key=lambda document: document.title.casefold())),
        document_count=count,
    )


def _documents(question: Question, catalog: Catalog) -> tuple[int, list[DocumentRecord]]:
    """How many documents there are, and the records of at most ``MAX_LISTED``."""
    if question.filters:
        records = catalog.list(question.collection, filters=question.filters)
        return len(records), records[:MAX_LISTED]
    return catalog.count(question.collection), catalog.list(question.collection, limit=MAX_LISTED)


def _listed(record: DocumentRecord) -> ListedDocument:
    return ListedDocument(
        document_id=record.id,
        version=record.version,
        title=record.title.strip() or record.uri.rstrip("/").rpartition("/")[2],
        uri=record.uri,
    )
