"""E-mail to a document: its headers, its text, and the attachments that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from typing import Any

from ingest.formats.container.parts import Parse, UnreadParts, include_part
from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, SaywhereError, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "message/rfc822"
_HEADERS = ("From", "To", "Cc", "Date")


def read(source: Source, parse: Parse) -> Document:
    """The document of a message; the HTML version of its text is preferred, as it keeps tables.

    Args:
        parse: reads the text and the attachments.

    Raises:
        UnreadableDocument: no message, or one without text.
    """
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(source.data)
    headers = {name: well_formed(_header(message, name)) for name in (*_HEADERS, "Subject")}
    if not any(headers.values()):
        raise UnreadableDocument(f"{source.name} is no e-mail: it has no headers")
    writer = DocumentWriter(source.limits)
    lines = [f"{name}: {headers[name]}" for name in _HEADERS if headers[name]]
    Flow(writer).paragraph("\n".join(lines))
    unread = UnreadParts()
    included = 0
    for name, data in _parts(message, source):
        section = name if included else "Message"
        included += include_part(writer, source.part(data, name), section, parse, unread)
    metadata = {name.lower(): headers[name] for name in _HEADERS if headers[name]}
    return writer.document(
        source,
        title=choose_title(source, [headers["Subject"]]),
        media_type=MEDIA_TYPE,
        metadata={**metadata, **unread.metadata},
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except Exception:  # noqa: BLE001  # the standard library raises many kinds on headers it can't parse
        return ""


def _parts(message: EmailMessage, source: Source) -> Iterator[tuple[str, bytes]]:
    """The text, then the attachments: names, whose extensions tell the formats, and bytes."""
    try:
        body = message.get_body(preferencelist=("html", "plain"))
        if body is not None:
            yield ("message.html" if body.get_content_subtype() == "html" else "message.txt"), _bytes(body)
        for number, part in enumerate(message.iter_attachments(), 1):
            if part.get_content_type() == MEDIA_TYPE:
                yield f"message {number}.eml", part.get_payload(0).as_bytes()  # type: ignore[union-attr]
            elif isinstance(part, EmailMessage) and part.get_filename():
                yield well_formed(part.get_filename() or ""), _bytes(part)
    except (SaywhereError, DocumentTooLarge):
        raise
    except Exception as error:  # noqa: BLE001  # the standard library raises many kinds on broken parts
        raise UnreadableDocument(f"{source.name} is damaged: {type(error).__name__}: {error}") from None


def _bytes(part: MIMEPart[Any, Any]) -> bytes:
    """A part's content; of text parts in UTF-8."""
    data = part.get_payload(decode=True)
    data = data if isinstance(data, bytes) else b""
    if part.get_content_maintype() != "text":
        return data
    try:
        return data.decode(part.get_content_charset() or "utf-8").encode()
    except (LookupError, UnicodeError):
        return data
