"""Word files as people see them: lists, boxes, fields, hidden text, text boxes, headers, comments."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from docx import Document as Word

from ingest.formats.office.docx_numbering import numeral
from rag.types import Document
from tests.files import blocks, check_document, docx, read_document, saved_bytes, zipped

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {text} </w:instrText></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    content = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(at: int, number_format: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


DELETED = '<w:del w:id="3"/>'
CLAUSES = (
    level(0, "decimal", "%1."),
    level(1, "lowerLetter", "%1(%2)"),
    level(2, "lowerRoman", "(%3)"),
)


def word(
    body: str,
    levels: Sequence[str] = CLAUSES,
    lists: str = "",
    styles: str = "",
    parts: dict[str, str] | None = None,
) -> bytes:
    """A Word file with this body, and a list 1 of these levels; ``lists`` are further ones."""
    with zipfile.ZipFile(io.BytesIO(docx("x"))) as package:
        files: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    spaces = f'xmlns:w="{W}" xmlns:w14="{W14}" xmlns:mc="{MC}" xmlns:wps="{WPS}"'
    files["word/document.xml"] = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    files["word/numbering.xml"] = (
        f'<w:numbering {spaces}><w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{lists}</w:numbering>'
    )
    if styles:
        own = str(files["word/styles.xml"], "utf-8")  # type: ignore[arg-type]
        files["word/styles.xml"] = own.replace("</w:styles>", f"{styles}</w:styles>")
    return zipped({**files, **(parts or {})})


def read(data: bytes, **options: bool) -> Document:
    document = read_document(data, "a.docx", **options)
    check_document(document)
    return document


def lines(data: bytes, **options: bool) -> list[str]:
    return [text for _, text, _ in blocks(read(data, **options))]


def test_a_list_goes_on_after_a_paragraph() -> None:
    """With its own numbers."""
    body = item("Lower it.") + item("Wait.") + paragraph("Two people:") + item("Lift it.")
    assert lines(word(body)) == ["1. Lower it.", "2. Wait.", "Two people:", "3. Lift it."]


def test_levels_have_their_own_numbers_and_letters() -> None:
    """They begin anew under the next item of the level above."""
    body = "".join(
        item(text, level=at)
        for text, at in (("A", 0), ("B", 0), ("c", 1), ("d", 1), ("e", 2), ("F", 0), ("g", 1))
    )
    assert lines(word(body)) == ["1. A", "2. B", "2(a) c", "2(b) d", "(i) e", "3. F", "3(a) g"]
    assert blocks(read(word(body)))[3] == ("list_item", "2(b) d", "2. B")


def test_a_list_begins_anew_where_it_says_so() -> None:
    """Another list of the same kind goes on; one with a start of its own doesn't."""
    lists = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    )
    body = item("a") + item("b", 2) + item("c", 3) + item("d", 3)
    assert lines(word(body, lists=lists)) == ["1. a", "2. b", "7. c", "8. d"]


def test_lists_may_be_said_by_styles() -> None:
    """Of headings, too; a heading without text is counted and not written."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/>'
        f'<w:pPr><w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for name, base, at in (("Part", "Heading1", 0), ("Clause", "Normal", 1))
    )
    based = '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Clause"/></w:style>'
    heading = '<w:pStyle w:val="Heading1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        paragraph("Scope", heading)
        + paragraph("first", '<w:pStyle w:val="Clause"/>')
        + paragraph("second", '<w:pStyle w:val="Own"/>')
        + paragraph("", heading)
        + paragraph("Fees", heading)
        + paragraph("off", '<w:pStyle w:val="Own"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    document = read(word(body, styles=styles + based))
    assert [text for _, text, _ in blocks(document)] == [
        "1. Scope",
        "1(a) first",
        "1(b) second",
        "3. Fees",
        "off",
    ]
    assert document.section_at(document.text.index("off")) == ("3. Fees",)


def test_numbers_in_tables_are_in_their_cells() -> None:
    """Of cells without other text, too."""
    cells = f"<w:tc>{item('')}</w:tc><w:tc>{paragraph('Pump')}</w:tc>"
    body = f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    assert lines(word(body)) == ["1. | Pump", "2. | Pump"]


def test_deleted_paragraphs_are_not_counted() -> None:
    """A deleted mark joins a paragraph to the next."""
    deleted = item("").replace("<w:numPr>", '<w:rPr><w:del w:id="1"/></w:rPr><w:numPr>')
    assert lines(word(item("a") + deleted + item("b"))) == ["1. a", "2. b"]


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (2, "lowerLetter", "b"),
        (28, "upperLetter", "BB"),
        (3, "decimalZero", "03"),
        (22, "ordinal", "22nd"),
        (11, "ordinal", "11th"),
        (3, "ordinalText", "Third"),
        (7, "cardinalText", "Seven"),
        (5, "none", ""),
        (5, "aiueo", "5"),
        (0, "upperRoman", "0"),
    ],
)
def test_numerals(number: int, number_format: str, text: str) -> None:
    """In Word's formats; others in digits."""
    assert numeral(number, number_format) == text


def box(sign: str, checked: int, font: str = "") -> str:
    fonts = f'<w:rFonts w:ascii="{font}"/>' if font else ""
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{checked}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{run(sign, fonts)}</w:sdtContent></w:sdt>"
    )


def test_boxes_are_as_shown() -> None:
    """Of content controls, of old form fields, and of fonts of signs; they are a list."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
        '<w:checked w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>'
        f"{code('FORMCHECKBOX')}{SEPARATE}{END}"
    )
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    body = paragraph("Result:") + "".join(
        paragraph(sign + run(f" {text}"))
        for sign, text in (
            (box("☐", 0), "passed"),
            (box("☒", 1), "failed"),
            (box("?", 1), "other"),
            (box("R", 1, "Wingdings 2"), "ticked"),
            (field, "old"),
            (symbol, "symbol"),
            (run("¨", '<w:rFonts w:ascii="Wingdings"/>'), "letter"),
        )
    )
    assert blocks(read(word(body)))[1:] == [
        ("list_item", text, "Result:")
        for text in ("☐ passed", "☒ failed", "☒ other", "☑ ticked", "☒ old", "☑ symbol", "☐ letter")
    ]


def test_fields_are_their_results() -> None:
    """Simple and complex ones; what stands in a field's code is not shown."""
    merged = f'<w:fldSimple w:instr=" MERGEFIELD Name ">{run("Ada")}</w:fldSimple>'
    number = f"{BEGIN}{code('SEQ Table')}{SEPARATE}{run('3')}{END}"
    inner = f"{BEGIN}{code('MERGEFIELD x')}{SEPARATE}{run('secret')}{END}"
    condition = f"{BEGIN}{code('IF')}{inner}{code('= 1')}{SEPARATE}{run('yes')}{END}"
    body = paragraph(run("Table ") + number + run(": ") + merged + run(" ") + condition)
    assert lines(word(body)) == ["Table 3: Ada yes"]
    assert lines(word(paragraph(BEGIN + code("SEQ x") + run("kept, as the field never ends")))) == [
        "kept, as the field never ends"
    ]


def test_a_choice_is_shown_and_a_prompt_is_not() -> None:
    """Of drop-down lists, and of controls that wait for text."""
    choice = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="red"/><w:listEntry w:val="blue"/></w:ddList></w:ffData></w:fldChar></w:r>'
        f"{code('FORMDROPDOWN')}{SEPARATE}{END}"
    )
    waiting = f"<w:sdtContent>{run('Click here')}</w:sdtContent>"
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>{waiting}</w:sdt>"
    chosen = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('Ada')}</w:sdtContent></w:sdt>"
    body = paragraph(run("Colour: ") + choice) + paragraph(run("Name: ") + chosen + prompt)
    assert lines(word(body)) == ["Colour: blue", "Name: Ada"]


HIDDEN_STYLES = "".join(
    f'<w:style w:type="{kind}" w:styleId="{name}">{base}<w:rPr>{said}</w:rPr></w:style>'
    for kind, name, base, said in (
        ("paragraph", "Secret", "", "<w:vanish/>"),
        ("paragraph", "Deeper", '<w:basedOn w:val="Secret"/>', ""),
        ("character", "Whisper", "", "<w:vanish/>"),
    )
)


def test_hidden_text_is_left_out_and_told() -> None:
    """Hidden by its own format or by a style; it is read if asked for."""
    body = (
        paragraph(run("Open.") + run(" 1111", "<w:vanish/>") + run(" 2222", '<w:rStyle w:val="Whisper"/>'))
        + paragraph("3333", '<w:pStyle w:val="Deeper"/>')
        + paragraph(run("Shown.", '<w:vanish w:val="0"/>'), '<w:pStyle w:val="Secret"/>')
    )
    data = word(body, styles=HIDDEN_STYLES)
    assert lines(data) == ["Open.", "Shown."]
    assert "hidden" in read(data).metadata
    assert lines(data, hidden=True) == ["Open. 1111 2222", "3333", "Shown."]
    assert "hidden" not in read(word(paragraph("Open."))).metadata


def test_moved_and_deleted_text_is_where_it_is_now() -> None:
    """Rows, too."""
    gone = f'<w:moveFrom w:id="1">{run("was")}</w:moveFrom>'
    row = f"<w:tr><w:trPr>{{}}</w:trPr><w:tc>{paragraph('{}')}</w:tc><w:tc>{paragraph('9')}</w:tc></w:tr>"
    body = (
        paragraph(f'{gone}{run("is ")}<w:moveTo w:id="2">{run("now")}</w:moveTo>')
        + f"<w:tbl>{row.format('', 'new')}{row.format(DELETED, 'old')}</w:tbl>"
    )
    assert lines(word(body)) == ["is now", "new | 9"]


def test_a_text_box_is_read_once() -> None:
    """After the paragraph that it is anchored in, whether older programs have it or not."""
    content = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    new = f"<w:drawing><wps:txbx>{content}</wps:txbx></w:drawing>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice>'
        f"<mc:Fallback><w:pict>{content}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    only_new = f'<mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice></mc:AlternateContent>'
    for box_content in (both, only_new, new):
        body = paragraph(run("Before") + f"<w:r>{box_content}</w:r>" + run(" after.")) + paragraph("End.")
        assert lines(word(body)) == ["Before after.", "In the box.", "End."]


def test_headers_and_footers_with_content_of_their_own_are_read() -> None:
    """Page numbers and running titles aren't; nor is what the text says, too."""
    file = Word()
    file.add_heading("Travel rules of the mill and its yard", 1)
    file.add_paragraph("Book early.")
    section = file.sections[0]
    section.header.paragraphs[0].text = "Version 4, valid from May"
    section.header.add_paragraph("Travel rules of the mill and its yard")
    section.footer.paragraphs[0].text = "Confidential"
    data = saved_bytes(file)
    assert lines(data)[0] == "Version 4, valid from May"
    assert "Confidential" not in read(data).text
    assert read(data).text.count("Travel rules") == 1
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    page = f"<w:r><w:t>Page </w:t></w:r>{BEGIN}{code('PAGE')}{SEPARATE}{run('12')}{END}"
    footer = next(name for name in files if name.startswith("word/footer"))
    files[footer] = files[footer].replace(b"<w:r><w:t>Confidential</w:t></w:r>", page.encode())
    assert "12" not in read(zipped(files)).text


def test_comments_are_told_with_their_authors() -> None:
    """With the words that they are on; those that are resolved are left out."""
    file = Word()
    words = file.add_paragraph("Take ").add_run("30 days")
    file.add_comment(runs=words, text="Is this still right?", author="Ada")
    assert lines(saved_bytes(file)) == ["Take 30 days", "Comment by Ada on “30 days”: Is this still right?"]


def test_a_resolved_comment_is_left_out() -> None:
    """The extended part says so, by the comment's last paragraph."""
    comments = (
        f'<w:comments xmlns:w="{W}" xmlns:w14="{W14}"><w:comment w:id="0" w:author="Ada">'
        f'<w:p w14:paraId="0A">{run("open")}</w:p></w:comment><w:comment w:id="1" w:author="Bo">'
        f'<w:p w14:paraId="0B">{run("done")}</w:p></w:comment></w:comments>'
    )
    extended = (
        '<x:commentsEx xmlns:x="http://schemas.microsoft.com/office/word/2012/wordml">'
        '<x:commentEx x:paraId="0A" x:done="0"/><x:commentEx x:paraId="0B" x:done="1"/></x:commentsEx>'
    )
    parts = {"word/comments.xml": comments, "word/commentsExtended.xml": extended}
    assert lines(word(paragraph("Text."), parts=parts)) == ["Text.", "Comment by Ada: open"]


def test_a_large_first_letter_belongs_to_its_paragraph() -> None:
    """Word keeps it in a paragraph of its own."""
    body = paragraph("D", '<w:framePr w:dropCap="drop" w:lines="3"/>') + paragraph("rop it.")
    assert lines(word(body)) == ["Drop it."]


def test_the_text_may_be_in_a_part_of_another_name() -> None:
    """The package says in which."""
    with zipfile.ZipFile(io.BytesIO(docx("Text."))) as package:
        files = {
            name.replace("word/document", "word/document2"): package.read(name) for name in package.namelist()
        }
    for name in ("_rels/.rels", "[Content_Types].xml"):
        files[name] = files[name].replace(b"word/document.xml", b"word/document2.xml")
    files["word/_rels/document2.xml.rels"] = files.pop("word/_rels/document.xml.rels")
    assert lines(zipped(files)) == ["Text."]
