"""E-mail, mailboxes and invitations: all text in its character set, what is quoted marked as quoted."""

from __future__ import annotations

import pytest

from rag.errors import UnreadableDocument
from tests.files import blocks, check_document, read_document
from tests.samples_mail import multipart, part


def test_the_character_set_is_that_of_the_part() -> None:
    """Not of a ``meta`` element that an editor left in the text."""
    html = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>The café opens.</p>'
    mail = multipart(part("text/html; charset=utf-8", html))
    assert "The café opens." in read_document(mail, "a.eml").text


def test_every_text_is_read() -> None:
    """Text behind an attachment too, under the same heading."""
    mail = multipart(
        part("text/plain; charset=utf-8", "The list is attached."),
        part('text/csv; name="fees.csv"', "item,fee\nvan,8\n", "attachment; filename=fees.csv"),
        part("text/plain; charset=utf-8", "The gate code is 4711."),
        Subject="Fees",
    )
    document = read_document(mail, "a.eml")
    check_document(document)
    assert document.section_at(document.text.index("4711")) == ("Message",)
    assert ("table_row", "van | 8", "item | fee") in blocks(document)
    assert document.text.startswith("E-mail: Fees\nFrom: Ada <ada@example.org>\nAttachments: fees.csv")


def test_lines_behind_a_mark_are_quotes_of_who_wrote_them() -> None:
    """A section of its own if nothing else follows; the marks go."""
    body = "Behind the depot.\n\nOn Mon, 4 May 2026, Bob Smith <bob@example.org>\nwrote:\n"
    body += "> Where do we park?\n> > Hm.\n"
    document = read_document(multipart(part("text/plain", body)), "a.eml")
    check_document(document)
    attribution = "On Mon, 4 May 2026, Bob Smith <bob@example.org> wrote:"
    assert blocks(document)[-3:] == [
        ("paragraph", attribution, None),
        ("quote", "Where do we park?", attribution),
        ("quote", "Hm.", attribution),
    ]
    assert document.section_at(document.text.index("Where")) == ("Message", attribution.rstrip(":"))
    assert document.section_at(document.text.index("Behind")) == ("Message",)


def test_answers_between_quotes_are_own_words() -> None:
    """They are paragraphs, and no section of quotes begins."""
    body = "Ada wrote:\n> When?\nAt nine.\n> Where?\nIn hall A.\n"
    document = read_document(multipart(part("text/plain", body)), "a.eml")
    kinds = {text: kind for kind, text, _ in blocks(document)}
    assert [kinds[text] for text in ("When?", "At nine.", "Where?", "In hall A.")] == [
        "quote", "paragraph", "quote", "paragraph",
    ]  # fmt: skip
    assert document.section_at(document.text.index("In hall A")) == ("Message",)


def test_a_forwarded_message_in_html_is_quoted() -> None:
    """From the block with its headers on."""
    html = (
        "<p>See below.</p><p><b>From:</b> Bob<br><b>Sent:</b> Monday<br>To: Ada</p><p>The lift is broken.</p>"
    )
    document = read_document(multipart(part("text/html", html)), "a.eml")
    assert blocks(document)[-1] == ("quote", "The lift is broken.", "From: Bob\nSent: Monday\nTo: Ada")
    assert document.section_at(len(document.text) - 1) == ("Message", "From: Bob")


def test_an_invitation_says_what_when_and_where() -> None:
    """Beside the text that it comes with."""
    calendar = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Roof inspection\nDTSTART;TZID=Europe/Berlin:20260521T140000\n"
        "DTEND;TZID=Europe/Berlin:20260521T153000\nLOCATION:North stair\\, top\n"
        'ORGANIZER;CN="Field, Dana":mailto:dana@example.org\nDESCRIPTION:Bring a\n  helmet.\n'
        "BEGIN:VALARM\nDESCRIPTION:Reminder\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    mail = multipart(
        part("text/plain", "Please come."),
        part("text/calendar; method=REQUEST", calendar),
        kind="alternative",
    )
    document = read_document(mail, "a.eml")
    check_document(document)
    assert document.text.endswith(
        "Please come.\n\nInvitation\n\nRoof inspection\n\nRoof inspection:\n"
        "- When: Thursday 21 May 2026, 14:00 to 15:30 (Europe/Berlin)\n- Where: North stair, top\n"
        "- Organizer: Field, Dana <dana@example.org>\n\nBring a helmet."
    )
    assert read_document(calendar, "a.ics").title == "Roof inspection"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227",
            "24 December 2026 to Saturday 26 December",
        ),
        ("DTSTART:20260521T140000Z\nDURATION:PT1H30M", "When: Thursday 21 May 2026, 14:00 to 15:30 (UTC)"),
        ("DTSTART:20260521T140000", "When: Thursday 21 May 2026, 14:00"),
        ("STATUS:CANCELLED", "Status: cancelled"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "Repeats: every 2 weeks on Monday, Thursday"),
        ("DTSTART:20269999T140000\nLOCATION:Hall", "Where: Hall"),
    ],
)
def test_times_of_a_calendar(lines: str, told: str) -> None:
    """Whole days end on the day before the one that is written; no time is moved to another zone."""
    event = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    assert told in read_document(event, "a.ics").text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?Q?Caf=C3?= =?utf-8?Q?=A9?= hours", "Café hours"),
        (b"=?iso-8859-1?B?Q2Fm6Q==?=", "Café"),
        ("Café".encode(), "Café"),
        (b"Caf\xe9 hours", "Café hours"),
        (b"=?nonsense?Q?Hours?=", "Hours"),
    ],
)
def test_words_of_headers_are_decoded(raw: bytes, shown: str) -> None:
    """Characters cut between encoded words, and bytes that no header should have."""
    assert read_document(b"From: a@b\nSubject: " + raw + b"\n\nText.\n", "a.eml").title == shown


def test_messages_of_a_mailbox_are_sections() -> None:
    """One that can't be read stops no other."""
    box = b"From a Mon May  4 10:00:00 2026\nFrom: a@b\nSubject: One\n\nFirst.\n>From here on.\n\n"
    box += b"From b Mon May  4 10:00:00 2026\n\n\nFrom c Mon May  4 10:00:00 2026\nSubject: Two\n\nSecond.\n"
    document = read_document(box, "a.mbox")
    check_document(document)
    assert document.section_at(document.text.index("First.\nFrom here on.")) == ("One", "Message")
    assert document.section_at(document.text.index("Second.")) == ("Two", "Message")
    with pytest.raises(UnreadableDocument, match=r"a\.mbox is no mailbox that can be read"):
        read_document("Text.", "a.mbox")
