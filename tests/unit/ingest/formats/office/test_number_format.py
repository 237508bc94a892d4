"""Numbers, dates and times are as their number format shows them in a spreadsheet program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.office.format_sections import format_sections
from ingest.formats.office.number_format import shown_number, shown_text

ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1250.5, "General", "1250.5"),
        (0.1 + 0.2, "General", "0.3"),
        (3, 'General" pcs"', "3 pcs"),
        (1250.5, "#,##0.00 €", "1,250.50 €"),
        (1234.5, "[$CHF] #,##0.00", "CHF 1,234.50"),
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (1234.5, '#,##0.00\\ "kr"', "1,234.50 kr"),
        (-1234.5, ACCOUNTING, "$(1,234.50)"),
        (0, ACCOUNTING, "$-"),
        (42, "00000", "00042"),
        (5551234, "000-0000", "555-1234"),
        (12.345, "0.0", "12.3"),
        (2.5, "0", "3"),
        (12, "0.0#", "12.0"),
        (12, "#.##", "12"),
        (-0.001, "0.00", "0.00"),
        (12, '0 "kg"', "12 kg"),
        (-3, '0 "°C"', "-3 °C"),
        (0.15, "0%", "15%"),
        (0.075, "0.0%", "7.5%"),
        (1234567, '0.0,,"M"', "1.2M"),
        (12345678, "0.00E+00", "1.23E+07"),
        (1.5, "# ?/?", "1 1/2"),
        (0.375, "# ??/??", "3/8"),
        (0.25, "?/8", "2/8"),
        (150, '[>100]"high";[<=100]0', "high"),
        (90, '[>100]"high";[<=100]0', "90"),
        (0, '"Yes";"Yes";"No"', "No"),
        (5, ";;;", ""),
        (1.75, "[h]:mm", "42:00"),
        (0.0625, "[mm]:ss", "90:00"),
        (-0.5, "[h]:mm", "-12:00"),
        (0.5, "h:mm", "12:00"),
        (0.75, "h:mm AM/PM", "6:00 PM"),
        (45352, "dd.mm.yyyy", "01.03.2024"),
        (45352.5625, "m/d/yy h:mm AM/PM", "3/1/24 1:30 PM"),
        (45352, "ddd d mmm", "Fri 1 Mar"),
        (45352, "[$-407]d. mmmm yyyy", "1. März 2024"),
        (45352, 'yyyy"年"m"月"d"日"', "2024年3月1日"),
        (45352, "[$-F800]dddd, mmmm dd, yyyy", "2024-03-01"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "-1"),
    ],
)
def test_a_number_is_shown_in_its_format(value: float, number_format: str, shown: str) -> None:
    """As a spreadsheet program in English shows it; dates in the system's own order in ISO form."""
    assert shown_number(value, number_format) == shown


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["0", "0.00", "#,##0", "#,##0.000"]))
def test_usual_formats_show_what_the_general_way_does(value: float, number_format: str) -> None:
    """They have a shorter way, as most numbers of a workbook are of them."""
    [section] = format_sections(number_format)
    assert section.decimals is not None
    assert shown_number(value, number_format) == shown_number(value, f'{number_format}""')


def test_dates_may_count_from_1904() -> None:
    """As in workbooks of old Macs."""
    assert shown_number(43890, "yyyy-mm-dd", from_1904=True) == "2024-03-01"


def test_a_text_is_shown_in_the_format_of_texts() -> None:
    """Which may add words or hide it."""
    assert shown_text("A1", '"Item "@') == "Item A1"
    assert shown_text("A1", ";;;") == ""
    assert shown_text("A1", "0.00") == "A1"


@given(
    st.floats(allow_nan=True), st.text(st.sampled_from(list('0#?.,%/E+-;[]$hmsyd"\\_*@GA>1 ')), max_size=30)
)
def test_any_format_shows_any_number(value: float, number_format: str) -> None:
    """A format that makes no sense is no error."""
    assert "\n" not in shown_number(value, number_format)
