"""E-mail to a document: its headers, all its text, its invitations, and the attachments that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from mimetypes import guess_extension

from ingest.formats.container.mail_headers import header, header_text, sent_at, text_of
from ingest.formats.container.mail_text import read_html, read_plain
from ingest.formats.container.parts import Parse, UnreadParts, include_part
from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text import calendar_file
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "message/rfc822"
_HEADERS = {"Subject": "E-mail", "From": "From", "To": "To", "Cc": "Copy to", "Date": "Date"}
_SIGNATURES = frozenset(
    "application/pgp-signature application/pgp-keys application/pkcs7-signature"
    " application/x-pkcs7-signature text/x-amp-html text/x-moz-deleted".split()
)
_MESSAGES = frozenset(("message/rfc822", "message/global"))
_MAX_DEPTH = 50  # of parts in parts
_MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A text, invitation, attachment or message inside a message; ``name`` is a file's, empty for text."""

    message: Message
    kind: str
    name: str


@dataclass(slots=True)
class _Parts:
    """A message's parts by what they are, in their order."""

    texts: list[_Part] = field(default_factory=list)
    invitations: list[_Part] = field(default_factory=list)
    attachments: list[_Part] = field(default_factory=list)


def read(source: Source, parse: Parse) -> Document:
    """The document of a message. Of two forms of one text the HTML one is read, as it keeps tables.

    Parts that can't be read are listed in the metadata as ``unread``.

    Args:
        parse: reads the attachments.

    Raises:
        UnreadableDocument: no message, or one without text.
        DocumentTooLarge: more parts, or messages in one another, than the limits.
    """
    return read_message(message_from_bytes(source.data), source, parse)


def read_message(message: Message, source: Source, parse: Parse) -> Document:
    """The document of a parsed message; see ``read``."""
    headers = {name: header(message, name) for name in _HEADERS}
    headers["Date"] = sent_at(message)
    if not any(headers.values()):
        raise UnreadableDocument(f"{source.name} is no e-mail: it has no headers")
    parts, unread = _Parts(), UnreadParts()
    for count, leaf in enumerate(_leaves(message, 0)):
        if count >= source.limits.members:
            raise DocumentTooLarge(
                f"{source.name} has over {source.limits.members:,} parts; that is the limit"
            )
        _sort(leaf, parts, unread)
    writer = DocumentWriter(source.limits)
    lines = [f"{label}: {headers[name]}" for name, label in _HEADERS.items() if headers[name]]
    names = [part.name for part in parts.attachments]
    Flow(writer).paragraph("\n".join([*lines, *([f"Attachments: {', '.join(names)}"] if names else [])]))
    _write_texts(parts.texts, writer, source, unread)
    for part in parts.invitations:
        name = part.name or "Invitation"
        include_part(writer, source.part(_bytes(part), name), name, calendar_file.read, unread)
    for part in parts.attachments:
        _write_attachment(part, writer, source, parse, unread)
    return writer.document(
        source,
        title=choose_title(source, [headers["Subject"]]),
        media_type=MEDIA_TYPE,
        metadata={
            **{name.lower(): value for name, value in headers.items() if value and name != "Subject"},
            **unread.metadata,
        },
    )


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """The parts to read, in order: of alternatives the best, and invitations beside it."""
    kind = message.get_content_type()
    if not message.is_multipart() or kind in _MESSAGES or kind == "message/delivery-status":
        yield message
        return
    if depth > _MAX_DEPTH:
        raise DocumentTooLarge(f"parts lie in more than {_MAX_DEPTH} others; that is the limit")
    children = [child for child in message.get_payload() if isinstance(child, Message)]
    if kind == "multipart/alternative" and children:
        best = max(children, key=_rank)
        children = [
            child for child in children if child is best or child.get_content_type() == "text/calendar"
        ]
    elif kind == "multipart/signed":
        children = children[:1]
    for child in children:
        yield from _leaves(child, depth + 1)


def _rank(part: Message) -> tuple[int, int]:
    """How good a form of a text is: HTML, then plain, then other texts; by its length if alike."""
    kinds = {each.get_content_type() for each in part.walk()}
    if kinds & _SIGNATURES:
        return 0, 0
    for rank, kind in enumerate(("text/html", "text/plain", "text/enriched", "text/rtf")):
        texts = [each for each in part.walk() if each.get_content_type() == kind]
        if texts and any(str(each.get_payload()).strip() for each in texts):
            return 9 - rank, 0
    return 0, 1


def _sort(message: Message, parts: _Parts, unread: UnreadParts) -> None:
    kind = message.get_content_type()
    name = _file_name(message)
    is_attached = message.get_content_disposition() == "attachment" or bool(name)
    if kind in _SIGNATURES:
        return
    if kind == "text/calendar":
        parts.invitations.append(_Part(message=message, kind=kind, name=name))
    elif kind in ("text/plain", "text/html", "text/enriched", "message/delivery-status") and not is_attached:
        parts.texts.append(_Part(message=message, kind=kind, name=""))
    elif message.get("Content-ID") and kind.startswith("image/"):
        return  # a picture that the text shows
    elif kind == "application/pgp-encrypted":
        unread.add("the message", "it is encrypted")
    else:
        number = len(parts.attachments) + 1
        extension = ".eml" if kind in _MESSAGES else guess_extension(kind) or ""
        if kind in _MESSAGES and not name.lower().endswith(".eml"):
            name = f"{name or f'message {number}'}.eml"
        parts.attachments.append(
            _Part(message=message, kind=kind, name=name or f"attachment {number}{extension}")
        )


def _file_name(message: Message) -> str:
    """The name that a part has as a file, without folders."""
    try:
        name = message.get_filename() or ""
    except (ValueError, TypeError, LookupError, UnicodeError):
        name = ""
    name = header_text(name).replace("\\", "/").rpartition("/")[2]
    return well_formed("".join(character for character in name if character.isprintable()))[
        :_MAX_NAME
    ].strip()


def _write_texts(texts: list[_Part], writer: DocumentWriter, source: Source, unread: UnreadParts) -> None:
    """All texts under one heading, those after attachments too."""
    heading = "Message"
    for part in texts:
        is_html = part.kind == "text/html"
        text_source = source.part(b"", "message.html" if is_html else "message.txt")
        try:
            text = _text(part, text_source.name)
            flowed = _parameter(part.message, "format") == "flowed"
            document = (
                read_html(text_source, text) if is_html else read_plain(text_source, text, flowed=flowed)
            )
        except DocumentTooLarge:
            raise
        except UnreadableDocument as error:
            if "is empty" not in str(error):
                unread.add("the text", str(error))
            continue
        writer.include(document, heading)
        heading = ""


def _write_attachment(
    part: _Part, writer: DocumentWriter, source: Source, parse: Parse, unread: UnreadParts
) -> None:
    if part.kind in _MESSAGES:
        inner = part.message.get_payload(0) if part.message.is_multipart() else None
        if isinstance(inner, Message):
            include_part(
                writer,
                source.part(b"", part.name),
                part.name,
                lambda each: read_message(inner, each, parse),
                unread,
            )
            return
    include_part(
        writer, source.part(_bytes(part), part.name), part.name, lambda each: parse(each, part.kind), unread
    )


def _text(part: _Part, name: str) -> str:
    """Raises UnreadableDocument."""
    if part.kind == "message/delivery-status":
        blocks = part.message.get_payload()
        return "\n\n".join(str(block).strip() for block in blocks) if isinstance(blocks, list) else ""
    return text_of(_payload(part.message), _parameter(part.message, "charset"), name)


def _bytes(part: _Part) -> bytes:
    """A part's content; of text parts in UTF-8 with its mark, so that no declaration inside is believed."""
    data = _payload(part.message)
    charset = _parameter(part.message, "charset")
    if not part.kind.startswith("text/") or not charset:
        return data
    try:
        return b"\xef\xbb\xbf" + text_of(data, charset, part.name).encode()
    except UnreadableDocument:
        return data


def _payload(message: Message) -> bytes:
    try:
        data = message.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        data = None
    if isinstance(data, bytes):
        return data
    text = message.get_payload()
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def _parameter(message: Message, name: str) -> str:
    try:
        value = message.get_param(name)
    except (ValueError, TypeError, LookupError, UnicodeError):
        return ""
    if isinstance(value, tuple):  # RFC 2231: character set, language, value
        value = value[2]
    return str(value or "").strip().lower()
