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
from tests.files import LEAVE, blocks, check_document, docx, html_table, read_document

HEADER = "Years of service | Days off | Notice"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_of_csv_is_detected(sign: str) -> None:
    """Quoted cells may hold the delimiter and line breaks."""
    lines = [sign.join(row) for row in LEAVE] + [sign.join(("other", '"12\n13"', f'"a{sign} b"'))]
    document = read_document("\n".join(lines), "leave.csv")
    check_document(document)
    rows = [(text, context_span) for kind, text, context_span in blocks(document) if kind == "table_row"]
    assert rows[2] == ("more than 5 | 30 | two weeks", HEADER)
    assert rows[3][0].startswith("other | 12 13 | a")


def test_rows_of_numbers_have_no_header() -> None:
    """All are rows of the table."""
    assert [kind for kind, _, _ in blocks(read_document("1,2\n3,4\n", "a.csv"))] == ["table_row", "table_row"]


def test_csv_over_the_limit_is_refused() -> None:
    """The limit is on cells."""
    with pytest.raises(DocumentTooLarge, match="over 3 cells"):
        read_document("a,b\nc,d", "a.csv", limits=Limits(cells=3))


def test_json_records_with_a_text_are_sections() -> None:
    """Title as heading, text as paragraphs, other values as name and value."""
    value = [
        {"title": "Leave", "text": "Ask early.\n\nAsk your lead.", "owner_team": "HR"},
        {"title": "Travel", "body": "Book trains first.", "tags": ["rail", "bus"]},
    ]
    document = read_document(json.dumps(value), "a.json")
    check_document(document)
    assert document.text == (
        "Leave\n\nAsk early.\n\nAsk your lead.\n\nowner team: HR\n\n"
        "Travel\n\nBook trains first.\n\ntags: rail, bus"
    )
    lines = "\n".join(map(json.dumps, value))
    assert read_document(lines, "a.jsonl").text == document.text


def test_flat_json_records_are_a_table() -> None:
    """With all their names as its header."""
    value = {"rates": [{"plan": "Pro", "price": 9}, {"plan": "Free", "note": "soon"}]}
    document = read_document(json.dumps(value), "a.json")
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
    document = read_document(json.dumps({"cells": cells, "nbformat": 4}), "a.ipynb")
    assert blocks(document) == [
        ("heading", "Plan", None),
        ("paragraph", "We count.", None),
        ("code", "n = 1\n\nprint(n)", None),
    ]


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
)


def test_cells_of_an_asciidoc_table() -> None:
    """Only behind white space is a letter the style of the cell behind it, and a number with a plus or an
    asterisk its columns or copies."""
    rows = "|Boat |Fee|Crew\n\n|Relay 12|40 a|Paul\n2+^.>s|none |e|\n2*|four |six\n|see \\| 5 |a\n|more\n"
    table = f"|===\n{rows}|===\n"
    texts = [text for _, text, _ in blocks(read_document(table, "a.adoc"))]
    assert texts == [
        "Boat | Fee | Crew",
        "Relay 12 | 40 | Paul",
        "none | none | e",
        "four | four | six",
        "see ¦ 5 | a | more",
    ]


@pytest.mark.parametrize(
    "line",
    ["9" * 200_000, "999999999*|x\n" * 2_000, "a line of a cell\n" * 60_000, "link:" * 40_000],
    ids=["digits", "copies", "lines", "links"],
)
def test_a_long_asciidoc_table_is_read_in_linear_time(line: str) -> None:
    """Whatever number a cell gives for its copies."""
    document = read_document(f"|===\n|a |b\n\n|x{line}\n|===\n", "a.adoc", limits=Limits(seconds=25))
    assert len(document.text) < 1_100_000


@given(JSON)
def test_any_json_gives_a_valid_document(value: Any) -> None:
    """Or it is refused."""
    with suppress(UnreadableDocument):
        check_document(read_document(json.dumps(value), "a.json"))


@pytest.mark.parametrize("data", ["{", "[1, 2", "nope", '{"a": 1} x'])
def test_broken_json_is_refused(data: str) -> None:
    """With the line in the message."""
    with pytest.raises(UnreadableDocument, match=r"a\.json can't be read: it is no JSON: .*line 1 column"):
        read_document(data, "a.json")
    with pytest.raises(UnreadableDocument, match=r"a\.jsonl can't be read: line 2 is no JSON"):
        read_document(f"\n{data}\n", "a.jsonl")


@pytest.mark.parametrize("bad", ["{", '{"title": "Lift", "text": "Eight', "nope", '{"a": 1} x'])
def test_a_broken_line_of_json_loses_itself_alone(bad: str) -> None:
    """The other lines are read; the broken one is listed with its number."""
    good = '{"title": "Boiler", "text": "In April."}'
    document = read_document(f"{good}\n\n{bad}\n{good.replace('Boiler', 'Roof')}\n", "a.jsonl")
    assert document.text == "Boiler\n\nIn April.\n\nRoof\n\nIn April."
    assert document.metadata["unread"].startswith("line 3 is no JSON")


@pytest.mark.parametrize("data", [",\n", " , ,\t\n,\n", "[\n,\n]\n", "],[\n,\n"])
def test_json_lines_without_a_value_are_refused(data: str) -> None:
    """Commas and brackets are none; the reason is told."""
    with pytest.raises(UnreadableDocument, match=r"a\.jsonl can't be read: (it holds no|line 1 is no JSON)"):
        read_document(data, "a.jsonl")


def test_json_values_of_one_line_are_all_read() -> None:
    """Where the line ends between them are lost."""
    assert read_document('{"text": "One."}{"text": "Two."}\n', "a.jsonl").text == "One.\n\nTwo."


@pytest.mark.parametrize("depth", [300, 200_000])
def test_json_nested_beyond_the_limit_is_refused(depth: int) -> None:
    """Far beyond it too."""
    with pytest.raises(DocumentTooLarge, match="nests values more than 200 deep"):
        read_document("[" * depth + "]" * depth, "a.json")


def test_journal_articles_read_as_articles() -> None:
    """Sections nest, tables and lists are kept, metadata of the journal is left out."""
    article = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "JATS.dtd"><article>
    <front><journal-meta><p>J</p></journal-meta><article-meta>
    <title-group><article-title>On tea</article-title></title-group><abstract><p>Short.</p></abstract>
    </article-meta></front><body><sec><title>Methods</title><p>We drank<sup>2</sup> it &mdash; hot &mgr;.</p>
    <sec><title>Cups</title><p>Twelve.</p></sec>
    <table-wrap><label>Table 1</label><caption><title>Sorts</title></caption>
    <table><thead><tr><th>Sort</th><th>Price</th></tr></thead>
    <tbody><tr><td>Oolong</td><td>9</td></tr></tbody></table></table-wrap></sec></body></article>"""
    document = read_document(article, "a.nxml")
    check_document(document)
    assert document.title == "On tea"
    assert "We drank² it — hot &mgr;." in document.text
    assert document.section_at(document.text.index("Twelve")) == ("Methods", "Cups")
    assert ("table_row", "Oolong | 9", "Sort | Price") in blocks(document)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<note>The harbour opens at nine.</note>", "The harbour opens at nine."),
        ("<note>The harbour <b>opens</b> at nine.</note>", "The harbour opens at nine."),
        ("<note><b>The harbour</b> opens at nine.</note>", "The harbour opens at nine."),
    ],
)
def test_text_of_the_root_itself_is_read(xml: str, text: str) -> None:
    """Alone, or around other elements."""
    assert read_document(xml, "a.xml").text.strip() == text


def test_a_long_number_in_json_is_kept_as_it_stands() -> None:
    """Python converts at most 4,300 digits to a number."""
    digits = "7" * 5_000
    assert digits in read_document(f'{{"name": "Key", "modulus": {digits}}}', "a.json").text


def test_other_xml_is_read_as_records() -> None:
    """Siblings of one name that hold leaves are a table."""
    xml = "<countries><country><name>Canada</name><capital>Ottawa</capital></country>"
    xml += "<country><name>France</name><capital>Paris</capital></country></countries>"
    assert blocks(read_document(xml, "a.xml"))[1] == ("table_row", "Canada | Ottawa", "name | capital")
    assert (
        read_document("<a><b>One</b><c>Two <i>and</i> three</c></a>", "a.xml").text
        == "b: One\n\nTwo and three"
    )


def test_attributes_of_xml_are_read() -> None:
    """As columns of records, behind a value, or as lines of their own."""
    sites = '<sites><site name="North" manager="R. Alder"/><site name="South" manager="T. Birch"/></sites>'
    assert blocks(read_document(sites, "a.xml"))[2] == ("table_row", "South | T. Birch", "name | manager")
    assert read_document('<a><fee currency="EUR">12</fee></a>', "a.xml").text == "fee: 12 (currency: EUR)"
    assert read_document('<a><site name="North" lead="Alder"/></a>', "a.xml").text == "North:\n- lead: Alder"


def test_elements_with_a_name_are_sections() -> None:
    """Their attributes and values stand below it; the first one's name is not the file's title."""
    site = '<site name="{}" lead="{}"><phone type="desk">555</phone><room>4</room></site>'
    document = read_document(
        f"<a>{site.format('North', 'Alder')}{site.format('South', 'Birch')}</a>", "sites.xml"
    )
    check_document(document)
    assert document.title == "sites"
    assert document.section_at(document.text.index("Birch")) == ("South",)
    assert ("list_item", "- lead: Birch", "South:") in blocks(document)
    assert "phone: 555 (type: desk)" in document.text


def test_a_stray_byte_in_xml_loses_itself_alone() -> None:
    """A control character too."""
    broken = b"<a><b>Gr\xc3\xb6\xc3\x9fe: the gate \xff is open.</b></a>"
    assert "the gate \ufffd is open." in read_document(broken, "a.xml").text
    broken = b"<a><b>The\x01 gate is\0 open from nine in the morning on all days.</b></a>"
    assert "The gate is open from" in read_document(broken, "a.xml").text


@pytest.mark.parametrize(
    "feed",
    [
        "<rss><channel><title>News</title><item><title>Lift</title><pubDate>Mon, 4 May 2026</pubDate>"
        "<description>&lt;p&gt;It is &lt;b&gt;open&lt;/b&gt;.&lt;/p&gt;</description></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><entry><title>Lift</title>"
        "<published>Mon, 4 May 2026</published><content type='html'>&lt;p&gt;It is open.&lt;/p&gt;</content>"
        "</entry></feed>",
    ],
)
def test_entries_of_feeds_are_sections(feed: str) -> None:
    """With their dates and the text of their HTML."""
    document = read_document(feed, "a.xml")
    check_document(document)
    assert (document.title, document.text) == ("News", "Lift\n\nPublished: Mon, 4 May 2026\n\nIt is open.")


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
        read_document(xml, "a.xml")


def test_xml_nested_beyond_the_limit_is_refused() -> None:
    """As HTML is."""
    with pytest.raises(DocumentTooLarge, match="nests elements more than 200 deep"):
        read_document("<a>" * 5000 + "x" + "</a>" * 5000, "a.xml")


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


def test_mail_is_read_with_its_attachments() -> None:
    """Headers, the table of the HTML version, attachments that can be read; others are named as unread."""
    document = read_document(bytes(message(rules_docx=docx("Book early."), logo_gif=b"GIF89a")), "a.eml")
    check_document(document)
    assert document.title == "Leave in 2024"
    assert document.text.startswith(
        "E-mail: Leave in 2024\nFrom: Ada <ada@example.org>\nTo: all@example.org\nDate: Mon, 05 Feb 2024"
    )
    assert ("table_row", "2 to 5 | 25 | two weeks", HEADER) in blocks(document)
    assert document.section_at(document.text.index("Book early")) == ("rules.docx",)
    assert "logo.gif" in document.metadata["unread"]
    assert document.metadata["from"] == "Ada <ada@example.org>"


def test_mail_with_a_date_that_is_none_is_read() -> None:
    """The header is left out, the text isn't."""
    mail = (
        b"From: Ada <a@example.org>\nDate: Mon, 4 May 2026 10:99999999999999999999:00 +0000\n\nIt is late.\n"
    )
    document = read_document(mail, "a.eml")
    assert document.text.strip().endswith("It is late.")
    assert "date" not in document.metadata


def test_mail_in_mail_beyond_the_limit_is_refused() -> None:
    """The limit is that of archives in archives."""
    mail = message()
    for _ in range(5):
        outer = message()
        outer.add_attachment(mail)
        mail = outer
    with pytest.raises(DocumentTooLarge, match="in more than 3 archives or messages"):
        read_document(bytes(mail), "a.eml")


def test_captions_are_paragraphs_by_speaker() -> None:
    """Times are left out, tags too."""
    vtt = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ada>We start\n<i>now</i>.\n"
    vtt += "\n00:03.000 --> 00:04.000\n<v Ada>Good.\n"
    vtt += "\n00:05.000 --> 00:06.000\n<v Bob>&amp; on.\n"
    assert read_document(vtt, "a.vtt").text == "Ada: We start now. Good.\n\nBob: & on."
    assert read_document("1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "a.srt").text == "Hello."


def test_asciidoc() -> None:
    """Titles, lists, tables and code are read with their context; attributes and anchors are left out."""
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
    document = read_document(source, "a.adoc")
    check_document(document)
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


def test_an_asciidoc_table_may_begin_with_text() -> None:
    """Which is a cell of its own."""
    document = read_document("|===\nYears of service\n|1 |20\n|===\n", "a.adoc")
    assert [text for _, text, _ in blocks(document)] == ["Years of service", "1 | 20"]


def test_rtf() -> None:
    """Its text without control words."""
    assert (
        read_document(r"{\rtf1\ansi {\b Take} 25 days\'21\par Then ask.}", "a.rtf").text
        == "Take 25 days!\nThen ask."
    )
    with pytest.raises(UnreadableDocument, match=r"a\.rtf is no RTF"):
        read_document("plain", "a.rtf")
