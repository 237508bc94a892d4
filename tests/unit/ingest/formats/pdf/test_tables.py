"""Tables: over several pages, with cells of several lines, and what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.files import blocks, check_document, pdf, read_document
from tests.unit.ingest.formats.pdf.drawing import drawn

COLUMNS = (72, 220, 340, 460)
HEADER = ("Variety", "Bed", "Height in cm", "Price in euros")


def _rows(data: bytes) -> list[str]:
    document = read_document(data, "a.pdf")
    check_document(document)
    return [text for kind, text, _ in blocks(document) if kind == "table_row"]


@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("head", [True, False])
def test_a_table_over_pages_has_one_header(*, repeated: bool, head: bool) -> None:
    """Repeated on each page or not, below a running head or not; each row is on its page."""
    names = [f"Kind{chr(97 + n)}" for n in range(24)]
    pages = []
    for page in range(3):
        rows: list[tuple[Any, ...]] = [(72, 30, "Nursery of the town")] if head else []
        y = 70
        if page == 0 or repeated:
            rows += [(x, y, name, 10, True) for x, name in zip(COLUMNS, HEADER, strict=True)]
            y += 18
        for at in range(8):
            n = 8 * page + at
            cells = (names[n], str(11 + n), str(20 + 7 * n), f"{2 + 0.35 * n:.2f}")
            rows += [(x, y + 18 * at, cell) for x, cell in zip(COLUMNS, cells, strict=True)]
        pages.append(rows)
    document = read_document(pdf(*pages), "a.pdf")
    check_document(document)
    header = " | ".join(HEADER)
    rows_read = [(text, context) for kind, text, context in blocks(document) if kind == "table_row"]
    assert document.text.count(header) == 1
    assert [context for _, context in rows_read] == [header] * 24
    for n, name in enumerate(names):
        assert document.page_at(document.text.index(name)) == n // 8 + 1
    assert "Nursery" not in document.text


WRAPPED = (
    (("Kitchen and", "garden waste"), ("brown bin,", "120 litres"), ("every Tuesday",), ("48 euros",)),
    (("Paper and", "cardboard"), ("blue bin,", "240 litres"), ("first Friday of", "the month"), ("none",)),
    (("Glass",), ("container at", "the station,", "three colours"), ("when it is full",), ("none",)),
    (("Residual waste",), ("grey bin",), ("every second", "Wednesday"), ("132 euros",)),
)
JOINED = [
    "Kitchen and garden waste | brown bin, 120 litres | every Tuesday | 48 euros",
    "Paper and cardboard | blue bin, 240 litres | first Friday of the month | none",
    "Glass | container at the station, three colours | when it is full | none",
    "Residual waste | grey bin | every second Wednesday | 132 euros",
]


@pytest.mark.parametrize("padding", [5, 10, 16])
def test_cells_of_several_lines_are_joined(padding: float) -> None:
    """The space between rows is wider than that between the lines of a cell."""
    page: list[tuple[Any, ...]] = [
        (x, 100, name, 10, True) for x, name in zip(COLUMNS, ("Kind", "Bin", "Day", "Fee"), strict=True)
    ]
    y = 100 + 12 + padding
    for cells in WRAPPED:
        page += [
            (x, y + 12 * at, line)
            for x, cell in zip(COLUMNS, cells, strict=True)
            for at, line in enumerate(cell)
        ]
        y += 12 * max(map(len, cells)) + padding
    assert _rows(pdf(page)) == JOINED


def test_rules_divide_rows() -> None:
    """Where the lines of all rows are as far apart, rules between the rows tell them."""

    def draw(canvas: Any) -> None:
        y = 700.0
        canvas.line(70, y + 10, 540, y + 10)
        for cells in ((("Kind",), ("Bin",), ("Day",), ("Fee",)), *WRAPPED):
            for x, cell in zip(COLUMNS, cells, strict=True):
                for at, line in enumerate(cell):
                    canvas.drawString(x, y - 12 * at, line)
            y -= 12 * max(map(len, cells))
            canvas.line(70, y + 9, 540, y + 9)

    assert _rows(drawn(draw)) == JOINED


def test_rows_in_groups_stay_rows() -> None:
    """Wider space after each third row joins no rows of figures."""
    page, y = [], 100.0
    for n in range(12):
        cells = (f"District {n}", str(1000 + 13 * n), str(200 + 7 * n), str(5 + n))
        page += [(x, y, cell) for x, cell in zip(COLUMNS, cells, strict=True)]
        y += 12 if n % 3 != 2 else 20
    assert _rows(pdf(page)) == [
        f"District {n} | {1000 + 13 * n} | {200 + 7 * n} | {5 + n}" for n in range(12)
    ]


def test_names_over_groups_of_columns_are_in_each() -> None:
    """A header in two rows, the upper names over the middle of their columns; dots before figures go, a
    row's name in two lines is one."""
    xs = (72, 250, 300, 350, 400, 450, 500)
    page: list[tuple[Any, ...]] = [(300, 100, "Male", 10), (450, 100, "Female", 10)]
    below = ("Offence", "Total", "Young", "Old", "Total", "Young", "Old")
    page += [(x, 112, name) for x, name in zip(xs, below, strict=True)]
    names = ("Theft . . . . . . . . .", "Arson. . . . . . . . .", "Fraud . . . . . . . . .")
    for at, name in enumerate(names):
        cells = (name, *(f"{100 * at + n},{n}62.6" for n in range(1, 7)))
        page += [(x, 126 + 12 * at, cell, 8) for x, cell in zip(xs, cells, strict=True)]
    page += [(72, 162, "Offences against the", 8), (72, 174, "family. . . . . . . .", 8)]
    page += [(x, 174, "1.5", 8) for x in xs[1:]]
    document = read_document(pdf(page), "a.pdf")
    assert (
        "Offence | Male Total | Male Young | Male Old | Female Total | Female Young | Female Old"
        in document.text
    )
    assert "Arson | 101,162.6 | 102,262.6" in document.text
    assert "Offences against the family | 1.5 | 1.5" in document.text


def test_figures_in_narrow_columns_stay_apart() -> None:
    """A wide table of figures: each has its column."""
    page = [
        (40 + 44 * column, 100 + 11 * row, f"{(row + 3) * (column + 7) * 137:,}", 8)
        for row in range(10)
        for column in range(11)
    ]
    rows = _rows(pdf(page))
    assert rows[-1] == " | ".join(f"{12 * (column + 7) * 137:,}" for column in range(11))
    assert len(rows) >= 9
