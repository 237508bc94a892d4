"""A question about a table's row or a list's item is answered from any format, with real models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.wiring import ingest
from rag.engine import Engine
from rag.settings import Settings
from rag.types import Answer, Question
from rag.wiring import open_service
from tests.files import docx, html_table, opendocument, pdf, pptx, xlsx

LEAVE = (
    ("Years of service", "Days off per year", "Notice to give"),
    ("First year", "20", "one week"),
    ("After two years", "25", "two weeks"),
    ("After five years", "30", "four weeks"),
)
HEADER, ROW = "Years of service | Days off per year | Notice to give", "After five years | 30 | four weeks"
INTRO = "How many days off people get depends on how long they have worked here."
BRING = ("On the first day every new colleague must bring along:", ("an identity card", "a signed contract"))


def markdown() -> bytes:
    rows = ["| " + " | ".join(row) + " |" for row in LEAVE]
    table = "\n".join([rows[0], "|---|---|---|", *rows[1:]])
    items = "\n".join(f"- {item}" for item in BRING[1])
    return f"# Leave\n\n{INTRO}\n\n{table}\n\n# First day\n\n{BRING[0]}\n\n{items}\n".encode()


def page() -> bytes:
    items = "".join(f"<li>{item}</li>" for item in BRING[1])
    body = (
        f"<h1>Leave</h1><p>{INTRO}</p>{html_table(LEAVE)}<h1>First day</h1><p>{BRING[0]}</p><ul>{items}</ul>"
    )
    return f"<html><body>{body}</body></html>".encode()


def odt() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in LEAVE
    )
    items = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in BRING[1])
    return opendocument(
        f"<text:h>Leave</text:h><text:p>{INTRO}</text:p><table:table>{rows}</table:table>"
        f"<text:h>First day</text:h><text:p>{BRING[0]}</text:p><text:list>{items}</text:list>"
    )


def paper() -> bytes:
    cells = [
        (72 + 160 * at, 140 + 16 * line, cell)
        for line, row in enumerate(LEAVE)
        for at, cell in enumerate(row)
    ]
    items = [(80, 300 + 14 * at, f"• {item}") for at, item in enumerate(BRING[1])]
    heads = [(72, 90, "Leave", 18), (72, 250, "First day", 18)]
    return pdf([heads[0], (72, 115, INTRO), *cells, heads[1], (72, 280, BRING[0]), *items])


FILES = {
    "leave.md": markdown,
    "leave.html": page,
    "leave.docx": lambda: docx(
        ("Leave", "Heading 1"),
        INTRO,
        LEAVE,
        ("First day", "Heading 1"),
        BRING[0],
        *((item, "List Bullet") for item in BRING[1]),
    ),
    "leave.odt": odt,
    "leave.pdf": paper,
    "leave.xlsx": lambda: xlsx(Leave=LEAVE),
    "leave.csv": lambda: "\n".join(",".join(row) for row in LEAVE).encode(),
    "leave.pptx": lambda: pptx(("Leave", ["Days off by service"], LEAVE, "")),
}
WITH_LISTS = ("leave.md", "leave.html", "leave.docx", "leave.odt", "leave.pdf")


@pytest.fixture(params=list(FILES))
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """The name of a file, and the engine of a service that has ingested it."""
    file = tmp_path / request.param
    file.write_bytes(FILES[request.param]())
    with open_service(Settings(data=tmp_path / "data")) as service:
        report = ingest(service, [file])
        assert report.ok, report.failed
        yield request.param, service.engine


def answer(engine: Engine, question: str) -> Answer:
    outcome = engine.ask(Question(text=question))
    assert isinstance(outcome, Answer), outcome
    return outcome


def test_a_row_is_cited_with_its_header(served: tuple[str, Engine]) -> None:
    """The cell is the answer; the row and the names of its columns are its citations."""
    _, engine = served
    reply = answer(engine, "How many days off after five years?")
    assert "30" in reply.text
    quotes = [citation.quote for citation in reply.citations]
    assert ROW in quotes
    assert HEADER in quotes


@pytest.mark.parametrize("served", WITH_LISTS, indirect=True)
def test_an_item_is_cited_with_the_sentence_before_the_list(served: tuple[str, Engine]) -> None:
    """The sentence says what the list is of."""
    _, engine = served
    reply = answer(engine, "Which card must new colleagues bring on the first day?")
    quotes = [citation.quote for citation in reply.citations]
    assert any(quote.endswith("an identity card") for quote in quotes)
    assert BRING[0] in quotes


def test_a_number_of_a_range_is_not_taken_for_the_number_asked(tmp_path: Path) -> None:
    """To "How many days", the "two" of "two to five years" is no answer."""
    rows = [
        ("Years of service", "Days off per year"),
        ("two to five years", "25 days"),
        ("over ten", "30 days"),
    ]
    table = "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], ("---", "---"), *rows[1:]])
    (tmp_path / "leave.md").write_text(f"# Leave\n\n{INTRO}\n\n{table}\n", encoding="utf-8")
    with open_service(Settings(data=tmp_path / "data")) as service:
        assert ingest(service, [tmp_path / "leave.md"]).ok
        reply = answer(service.engine, "How many days off after five years?")
    assert reply.text in {"25", "25 days"}
