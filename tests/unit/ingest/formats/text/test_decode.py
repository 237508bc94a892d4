"""Bytes are decoded to the intended text, or refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.text.decode import decode, well_formed
from rag.errors import UnreadableDocument

OLD_ENCODINGS = {
    "cp1252": "Das Café „Größe“ öffnet – naïve Gäste zahlen 5 €, l'été à Paris £5 ½.",
    "cp1250": "Zażółć gęślą jaźń. Wszystkie źródła są dostępne, a także książki i łóżka.",
    "cp1251": "Привет, это обычный русский текст в старой кодировке. Он читается хорошо.",
    "cp1254": "İstanbul çok güzel bir şehir. Yaşıyorum, ışık, ağaç, gölge. Bu eski bir kodlama ile yazılmış.",
    "shift_jis": "これは古い文字コードで書かれた日本語の文章です。読めますか。",
    "gb18030": "这是一个用旧编码写的中文文本。它可以正确读取吗？我们来试试看。",
    "euc-kr": "이것은 오래된 인코딩으로 쓰여진 한국어 텍스트입니다. 잘 읽히나요?",
}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_utf8_is_decoded(text: str) -> None:
    """Any text without control characters is the same, except for a leading byte order mark."""
    assert decode(text.encode(), "a.txt") == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_with_or_without_a_mark(encoding: str) -> None:
    """UTF-16 without a byte order mark is recognised by its zeros."""
    assert decode("Plain words, é and 😀.".encode(encoding), "a.txt") == "Plain words, é and 😀."


@pytest.mark.parametrize(("encoding", "text"), OLD_ENCODINGS.items())
def test_older_encodings_are_recognised(encoding: str, text: str) -> None:
    """Western text by its letters, others by charset-normalizer."""
    assert decode(text.encode(encoding), "a.txt") == text


def test_line_ends_are_line_feeds() -> None:
    """CRLF and CR become a line feed."""
    assert decode(b"a\r\nb\rc\n", "a.txt") == "a\nb\nc\n"


def test_a_broken_byte_in_utf8_becomes_a_replacement_character() -> None:
    """It doesn't make the text another encoding's."""
    text = "Größe und Übermut, Äpfel, Öl, Füße, Süß, Käse, Würze, Bär, Mühe, Ärger."
    assert decode(text.encode() + b" \xff.", "a.txt") == f"{text} \ufffd."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "a.txt is empty"),
        (b" \r\n\t", "a.txt is empty"),
        (b"%PDF-1.4 text", "a PDF"),
        (b"PK\x03\x04rest", "ZIP or Office"),
        (b"text \x00 and \x00 zeros", "binary"),
        (bytes(range(1, 32)) * 9, "binary"),
        (b"\xff\xfea", "utf-16"),
    ],
)
def test_data_that_is_no_text_is_refused(data: bytes, reason: str) -> None:
    """The message names the file and its format."""
    with pytest.raises(UnreadableDocument, match=reason):
        decode(data, "a.txt")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_lone_surrogate_is_refused_in_utf16_and_utf32(encoding: str) -> None:
    """The message names the file."""
    data = "Plain words \ud800 and more.".encode(encoding, "surrogatepass")
    with pytest.raises(UnreadableDocument, match=r"a\.txt"):
        decode(data, "a.txt")


_FRAGMENTS = (
    b"words ",
    b"\xed\xa0\x80",
    b"\xed\xb0\x80",
    b"+2AA-",
    b"+/v8-",
    b"\\ud800",
    b"\xd8\x00",
    b"\xe9",
    b"\xff",
)


@given(st.binary(max_size=60) | st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map(b"".join))
def test_decoded_text_can_be_encoded_in_utf8(data: bytes) -> None:
    """No bytes are decoded to a lone surrogate, as CESU-8, UTF-7 or escapes might be."""
    try:
        text = decode(data, "a.txt")
    except UnreadableDocument:
        return
    assert text.encode().decode() == text


@given(st.text(st.characters(categories=["Cs", "L", "So"])))
def test_well_formed_replaces_lone_surrogates_only(text: str) -> None:
    """UTF-8 can encode the result; a text that it could encode before is unchanged."""
    cleaned = well_formed(text)
    assert cleaned.encode().decode() == cleaned
    assert well_formed(cleaned) == cleaned
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert cleaned == text


def test_lines_pasted_from_another_encoding_are_read_by_theirs() -> None:
    """Line by line, and inside a line of UTF-8."""
    text = "Café rules\n\nThe café opens at nine.\n"
    pasted = "Children’s menu – 3 £, naïve pasta\n"
    assert decode(text.encode() + pasted.encode("cp1252"), "a.txt") == text + pasted
    assert decode("Größe\n".encode() + b"caf\xe9 Gr\xc3\xb6\xc3\x9fe \x93yes\x94\n", "a.txt") == (
        "Größe\ncafé Größe “yes”\n"
    )


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_western_text_of_other_systems(encoding: str) -> None:
    """Told from cp1252 by what no word has: signs inside, capitals after small letters."""
    text = "Das Café öffnet um neun, naïve Gäste zahlen später, l'été à Paris ist schön. Señor Muñoz."
    assert decode(text.encode(encoding), "a.txt") == text


def test_utf16_of_other_scripts_without_a_mark() -> None:
    """By its spaces and line ends."""
    text = "Привет, это обычный русский текст.\nВторая строка и ещё одна.\n"
    assert decode(text.encode("utf-16-le"), "a.txt") == text


def test_a_few_control_characters_lose_themselves_alone() -> None:
    """NULs, of which a run may be long, and the colours of a terminal."""
    assert decode(b"Opened at 06:10 by the guard.\n\0\0\nClosed at 22:40.\n", "a.txt") == (
        "Opened at 06:10 by the guard.\n\nClosed at 22:40.\n"
    )
    assert decode(bytes(9_000) + b"10:00 started with \x1b[31mone error\x1b[0m\n", "a.log") == (
        "10:00 started with one error\n"
    )


def test_a_broken_byte_behind_a_mark_of_utf8() -> None:
    """The mark doesn't make the file unreadable."""
    assert decode(b"\xef\xbb\xbfPlain \xff text", "a.txt").endswith(" text")
