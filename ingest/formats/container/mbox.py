"""Mailboxes (mbox) to a document: each message is a section under its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from functools import partial

from ingest.formats.container import eml
from ingest.formats.container.mail_headers import header
from ingest.formats.container.parts import Parse, UnreadParts, include_part
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/mbox"
_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,500}\d{4}[^\r\n]{0,40}\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.M)


def read(source: Source, parse: Parse) -> Document:
    """The document of a mailbox. Messages that can't be read are listed in the metadata as ``unread``.

    Args:
        parse: reads the attachments.

    Raises:
        UnreadableDocument: no mailbox, or without a message that can be read.
        DocumentTooLarge: more messages than the limit on entries.
    """
    writer = DocumentWriter(source.limits)
    unread = UnreadParts()
    for number, data in enumerate(_messages(source.data), 1):
        if number > source.limits.members:
            raise DocumentTooLarge(
                f"{source.name} has over {source.limits.members:,} messages; that is the limit"
            )
        message = message_from_bytes(data)
        part = source.part(b"", f"message {number}.eml")
        name = header(message, "Subject") or f"Message {number}"
        include_part(writer, part, name, partial(_read, message, parse), unread)
    if not writer.headings:
        reasons = unread.metadata.get("unread", "no line begins a message")
        raise UnreadableDocument(f"{source.name} is no mailbox that can be read: {reasons}")
    return writer.document(source, title=source.stem_title, media_type=MEDIA_TYPE, metadata=unread.metadata)


def _read(message: Message, parse: Parse, source: Source, _: str | None = None) -> Document:
    return eml.read_message(message, source, parse)


def _messages(data: bytes) -> Iterator[bytes]:
    starts = list(_FROM.finditer(data))
    if not starts:
        return
    ends = [*(match.start() for match in starts[1:]), len(data)]
    for match, end in zip(starts, ends, strict=True):
        yield _ESCAPED.sub(rb"\1", data[match.end() : end])
