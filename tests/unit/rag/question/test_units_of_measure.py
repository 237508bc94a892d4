"""Units: the one that is requested, and the one that a number is of."""

import pytest

from rag.english.units import UNIT_FORMS
from rag.question.analysis import analyze_question, matches_type
from rag.question.units_of_measure import requested_unit, unit_of


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many working days until the glue is dry?", "day"),
        ("how many market days are there in June", "day"),
        ("How many nights may a guest stay?", "night"),
        ("How many litres does the tank hold?", "litre"),
        ("how many liters of oil", "litre"),
        ("How many centimeters wide is the shelf?", "centimetre"),
        ("How many inches is the screen?", "inch"),
        ("How many yards of cloth are left?", "yard"),
        ("How many grams of yeast go in?", "gram"),
        ("How many ounces of silver?", "ounce"),
        ("how many tonnes can the crane lift", "ton"),
        ("How many hectares of vineyard?", "hectare"),
        ("How many kb may an avatar have?", "kilobyte"),
        ("How many volts has the fence?", "volt"),
        ("How much per cent is lost?", "percent"),
        ("How much euros?", "euro"),
        ("How many pupils walk two miles to school?", None),
        ("How many of the hours were counted?", None),
        ("How heavy is the bell?", None),
        ("How many volunteers?", None),
    ],
)
def test_the_unit_that_is_requested(question: str, unit: str | None) -> None:
    """Right behind "how many", or behind one more word; not where it only counts something else."""
    assert requested_unit(question) == unit


@pytest.mark.parametrize(
    ("number", "after", "unit"),
    [
        ("six", " to eight weeks, four coats", "week"),
        ("four", " coats", None),
        ("40", " cm", "centimetre"),
        ("40cm", "", "centimetre"),
        ("90 nights", "", "night"),
        ("three", "-hour walk", "hour"),
        ("12", " | 90 nights", None),
        ("7", "%", "percent"),
        ("7", " per cent of them", "percent"),
        ("2", "TB of disk", "terabyte"),
        ("5", " or 6 ounces", "ounce"),
        ("20–30", " litres", "litre"),
        ("20", "–30 litres", "litre"),
        ("1,200", " kWh", "kilowatt_hour"),
        ("100", " feet of rope", "foot"),
        ("a dozen", " pounds", "pound"),
        ("30", "°", "degree"),
        ("30", " kmart shops", None),
    ],
)
def test_the_unit_of_a_number(number: str, after: str, unit: str | None) -> None:
    """In the number, behind it, or behind the rest of its range; a table's next cell is another number's."""
    assert unit_of(number, after) == unit


@pytest.mark.parametrize("unit", sorted(set(UNIT_FORMS) - {"kilowatt_hour"}))
def test_each_unit_is_found_by_its_own_name(unit: str) -> None:
    """Singular behind a number, no other unit's form taken for it."""
    assert unit_of("1", f" {unit}") == unit


def test_a_number_of_another_unit_is_of_another_type() -> None:
    """A number without a unit may be of the one that is requested."""
    analysis = analyze_question("How many litres of varnish does a canoe need?", limit=100)
    assert matches_type(analysis, "six", " to eight weeks") is False
    assert matches_type(analysis, "40", " centimetres wide") is False
    assert matches_type(analysis, "2", " litres") is True
    assert matches_type(analysis, "2") is True
