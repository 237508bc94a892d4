"""CSV, JSON, XML, e-mail, captions, AsciiDoc and RTF."""

from __future__ import annotations

import json
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import LEAVE, blocks, check, html_table, take, word

HEADER = "Years of service | Days off | Notice"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_tables_in_text_find_their_sign(sign: str) -> None:
    """Quoted cells may hold the sign and line breaks."""
    lines = [sign.join(row) for row in LEAVE] + [sign.join(("other", '"12\n13"', f'"a{sign} b"'))]
    document = take("\n".join(lines), "leave.csv")
    check(document)
    rows = [(text, context_span) for kind, text, context_span in blocks(document) if kind == "table_row"]
    assert rows[2] == ("more than 5 | 30 | two weeks", HEADER)
    assert rows[3][0].startswith("other | 12 13 | a")


def test_numbers_have_no_header() -> None:
    """Rows alone are rows."""
    assert [kind for kind, _, _ in blocks(take("1,2\n3,4\n", "a.csv"))] == ["table_row", "table_row"]


def test_csv_limits() -> None:
    """Cells are counted."""
    with pytest.raises(DocumentTooLarge, match="over 3 cells"):
        take("a,b\nc,d", "a.csv", limits=Limits(cells=3))


def test_json_records_with_a_text_are_sections() -> None:
    """Title as heading, text as paragraphs, what else is said as name and value."""
    value = [
        {"title": "Leave", "text": "Ask early.\n\nAsk your lead.", "owner_team": "HR"},
        {"title": "Travel", "body": "Book trains first.", "tags": ["rail", "bus"]},
    ]
    document = take(json.dumps(value), "a.json")
    check(document)
    assert document.text == (
        "Leave\n\nAsk early.\n\nAsk your lead.\n\nowner team: HR\n\n"
        "Travel\n\nBook trains first.\n\ntags: rail, bus"
    )
    lines = "\n".join(map(json.dumps, value))
    assert take(lines, "a.jsonl").text == document.text


def test_flat_json_records_are_a_table() -> None:
    """With the union of their names as its header."""
    value = {"rates": [{"plan": "Pro", "price": 9}, {"plan": "Free", "note": "soon"}]}
    document = take(json.dumps(value), "a.json")
    assert blocks(document)[1:] == [
        ("table_header", "plan | price | note", None),
        ("table_row", "Pro | 9 |", "plan | price | note"),
        ("table_row", "Free |  | soon", "plan | price | note"),
    ]


def test_notebooks_read_as_markdown_and_code() -> None:
    """Outputs are left out."""
    cells = [
        {"cell_type": "markdown", "source": ["# Plan\n", "We count."]},
        {"cell_type": "code", "source": "n = 1\n\nprint(n)", "outputs": [{"text": "1"}]},
    ]
    document = take(json.dumps({"cells": cells, "nbformat": 4}), "a.ipynb")
    assert blocks(document) == [
        ("heading", "Plan", None),
        ("paragraph", "We count.", None),
        ("code", "n = 1\n\nprint(n)", None),
    ]


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
)


@given(JSON)
def test_any_json_keeps_the_laws(value: Any) -> None:
    """Whatever it holds, there is a document in order or a reason."""
    with suppress(UnreadableDocument):
        check(take(json.dumps(value), "a.json"))


@pytest.mark.parametrize("data", ["{", "[1, 2", "nope", '{"a": 1} x'])
def test_broken_json_is_told(data: str) -> None:
    """With the place."""
    with pytest.raises(UnreadableDocument, match=r"a\.json can't be read: it is no JSON: .*line 1 column"):
        take(data, "a.json")
    with pytest.raises(UnreadableDocument, match=r"a\.jsonl can't be read: line 2 is no JSON"):
        take(f'{{"a": 1}}\n{data}\n', "a.jsonl")


@pytest.mark.parametrize("depth", [300, 200_000])
def test_endless_json_is_refused(depth: int) -> None:
    """However deep it nests."""
    with pytest.raises(DocumentTooLarge, match="nests values more than 200 deep"):
        take("[" * depth + "]" * depth, "a.json")


def test_journal_articles_read_as_articles() -> None:
    """Sections nest, tables and lists are kept, what is about the article is left out."""
    article = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "JATS.dtd"><article>
    <front><journal-meta><p>J</p></journal-meta><article-meta>
    <title-group><article-title>On tea</article-title></title-group><abstract><p>Short.</p></abstract>
    </article-meta></front><body><sec><title>Methods</title><p>We drank<sup>2</sup> it &mdash; hot &mgr;.</p>
    <sec><title>Cups</title><p>Twelve.</p></sec>
    <table-wrap><label>Table 1</label><caption><title>Sorts</title></caption>
    <table><thead><tr><th>Sort</th><th>Price</th></tr></thead>
    <tbody><tr><td>Oolong</td><td>9</td></tr></tbody></table></table-wrap></sec></body></article>"""
    document = take(article, "a.nxml")
    check(document)
    assert document.title == "On tea"
    assert "We drank² it — hot &mgr;." in document.text
    assert document.section_at(document.text.index("Twelve")) == ("Methods", "Cups")
    assert ("table_row", "Oolong | 9", "Sort | Price") in blocks(document)


def test_other_xml_reads_as_records() -> None:
    """Siblings with the same leaves are a table."""
    xml = "<countries><country><name>Canada</name><capital>Ottawa</capital></country>"
    xml += "<country><name>France</name><capital>Paris</capital></country></countries>"
    assert blocks(take(xml, "a.xml"))[1] == ("table_row", "Canada | Ottawa", "name | capital")
    assert take("<a><b>One</b><c>Two <i>and</i> three</c></a>", "a.xml").text == "b: One\n\nTwo and three"


BOMB = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (BOMB + "]><l>&j;</l>", "entit"),
        ("<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><l>&x;</l>", "entities"),
        ("<!DOCTYPE l [<!ENTITY x SYSTEM 'http://example.org/'>]><l>&x;</l>", "entities"),
        ("<l><open></l>", "not well-formed"),
    ],
)
def test_hostile_xml_is_refused(xml: str, reason: str) -> None:
    """No entity is expanded, no file read, nothing fetched."""
    with pytest.raises(UnreadableDocument, match=f"(?i){reason}"):
        take(xml, "a.xml")


def test_deep_xml_is_refused() -> None:
    """As for HTML."""
    with pytest.raises(DocumentTooLarge, match="nests elements more than 200 deep"):
        take("<a>" * 5000 + "x" + "</a>" * 5000, "a.xml")


def message(**attachments: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada <ada@example.org>", "all@example.org"
    mail["Subject"], mail["Date"] = "Leave in 2024", "Mon, 05 Feb 2024 10:00:00 +0000"
    mail.set_content("Plain words.")
    mail.add_alternative(f"<p>As follows:</p>{html_table(LEAVE)}", subtype="html")
    for name, data in attachments.items():
        mail.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=name.replace("_", ".")
        )
    return mail


def test_mail_with_its_attachments() -> None:
    """Who, when and what; the table of the HTML version; files that can be read; the others named."""
    document = take(bytes(message(rules_docx=word("Book early."), logo_png=b"\x89PNG")), "a.eml")
    check(document)
    assert document.title == "Leave in 2024"
    assert document.text.startswith(
        "From: Ada <ada@example.org>\nTo: all@example.org\nDate: Mon, 05 Feb 2024"
    )
    assert ("table_row", "2 to 5 | 25 | two weeks", HEADER) in blocks(document)
    assert document.section_at(document.text.index("Book early")) == ("rules.docx",)
    assert "logo.png" in document.metadata["unread"]
    assert document.metadata["from"] == "Ada <ada@example.org>"


def test_mail_in_mail_ends() -> None:
    """Beyond the limit it is refused."""
    mail = message()
    for _ in range(5):
        outer = message()
        outer.add_attachment(mail)
        mail = outer
    with pytest.raises(DocumentTooLarge, match="in more than 3 archives or messages"):
        take(bytes(mail), "a.eml")


def test_captions_are_paragraphs_by_speaker() -> None:
    """Times are left out, tags too."""
    vtt = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ada>We start\n<i>now</i>.\n"
    vtt += "\n00:03.000 --> 00:04.000\n<v Ada>Good.\n"
    vtt += "\n00:05.000 --> 00:06.000\n<v Bob>&amp; on.\n"
    assert take(vtt, "a.vtt").text == "Ada: We start now. Good.\n\nBob: & on."
    assert take("1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "a.srt").text == "Hello."


def test_asciidoc() -> None:
    """Titles, lists with their lead-in, tables with their header, code; no attributes or anchors."""
    source = """:toc:
[[top]]
= Rules

Bring *these* things
to https://example.org[the office]:

* a pen
** blue
. first

.Leave
|===
|Years |Days

|1 |20
|===

----
code = 1
----
NOTE: Mind the gap.
"""
    document = take(source, "a.adoc")
    check(document)
    assert blocks(document) == [
        ("heading", "Rules", None),
        ("paragraph", "Bring these things to the office:", None),
        ("list_item", "- a pen", "Bring these things to the office:"),
        ("list_item", "- blue", "- a pen"),
        ("list_item", "- first", "- blue"),
        ("paragraph", "Leave:", None),
        ("table_header", "Years | Days", "Leave:"),
        ("table_row", "1 | 20", "Years | Days"),
        ("code", "code = 1", None),
        ("paragraph", "NOTE: Mind the gap.", None),
    ]


def test_rtf() -> None:
    """Its words without its control words."""
    assert (
        take(r"{\rtf1\ansi {\b Take} 25 days\'21\par Then ask.}", "a.rtf").text == "Take 25 days!\nThen ask."
    )
    with pytest.raises(UnreadableDocument, match=r"a\.rtf is no RTF"):
        take("plain", "a.rtf")
