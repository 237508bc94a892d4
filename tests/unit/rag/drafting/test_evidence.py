"""The numbered evidence, and what the reader accepts of it."""

from __future__ import annotations

from rag.drafting.evidence import Acceptance, EvidenceUnit, ReadQuestion, collect_evidence
from tests.unit.rag.drafting.harbour import (
    FEES_PASSAGE,
    PROTOCOL_PASSAGE,
    STEPS_PASSAGE,
    TABLE_PASSAGE,
    TEXT,
    read,
    read_fees,
    reading,
)


def collect(*found: ReadQuestion, passages: int = 6, characters: int = 10_000) -> list[EvidenceUnit]:
    acceptance = Acceptance(min_relevance=0.0, min_support=-2.0)
    return collect_evidence(found, passages=passages, characters=characters, acceptance=acceptance)


def texts(units: list[EvidenceUnit]) -> list[str]:
    return [unit.part.text for unit in units]


def test_sentences_items_and_rows_are_numbered_in_the_readers_order() -> None:
    """Items without their numbers, rows with their columns; headings and header rows have no number."""
    units = collect(read("How do ships enter?", reading(STEPS_PASSAGE, 3.0), reading(TABLE_PASSAGE, 1.0)))
    assert texts(units) == [
        "To enter the harbour:",
        "Call the pilot.",
        "Show the papers.",
        "Pay the fee.",
        "Berth: A; Depth: 4 m; Shore power: yes",
        "Berth: B; Depth: 9 m; Shore power: no",
    ]
    assert [unit.number for unit in units] == [1, 2, 3, 4, 5, 6]


def test_each_unit_is_an_exact_place() -> None:
    """The document's text at its spans."""
    for unit in collect(read_fees()):
        assert unit.part.span.slice(TEXT) == unit.part.text


def test_a_units_source_is_title_and_headings() -> None:
    """A heading that repeats the title stands once."""
    assert {unit.source for unit in collect(read_fees())} == {
        "Harbour rules > Fees",
        "Harbour rules > History",
    }


def test_a_row_is_cited_with_its_header() -> None:
    """Both texts count as cited."""
    unit = collect(read("Which berth is deep?", reading(TABLE_PASSAGE, 3.0)))[0]
    assert unit.cited_texts() == ["Berth: A; Depth: 4 m; Shore power: yes", "Berth | Depth | Shore power"]


def test_a_place_is_accepted_by_relevance_and_support() -> None:
    """Of a relevant passage the supported sentences; of one that isn't relevant none."""
    units = collect(
        read(
            "What do ships pay?",
            reading(FEES_PASSAGE, 2.0, (4.0, -1.0, -5.0)),
            reading(PROTOCOL_PASSAGE, -0.1, (9.0, 9.0)),
        )
    )
    assert [bool(unit.accepted_for) for unit in units] == [True, True, False, False, False]


def test_of_a_list_that_is_asked_for_all_items_are_accepted_together() -> None:
    """Where one item or the lead-in is; asked for a fact, each by itself."""
    support = (-9.0, -9.0, 2.0, -9.0, -9.0)  # heading, lead-in, items
    steps = collect(read("How do I enter the harbour?", reading(STEPS_PASSAGE, 2.0, support)))
    fact = collect(read("Who is called by ships?", reading(STEPS_PASSAGE, 2.0, support)))
    assert [bool(unit.accepted_for) for unit in steps] == [False, True, True, True]
    assert [bool(unit.accepted_for) for unit in fact] == [False, True, False, False]


def test_parts_of_a_question_take_turns() -> None:
    """Each passage once, with the parts that accept it."""
    first = read("What do ships pay?", reading(FEES_PASSAGE, 3.0), reading(STEPS_PASSAGE, -3.0))
    second = read("Which berth is deep?", reading(TABLE_PASSAGE, 3.0), reading(FEES_PASSAGE, -3.0))
    units = collect(first, second)
    assert [unit.candidate for unit in units[:5]] == [FEES_PASSAGE] * 3 + [TABLE_PASSAGE] * 2
    assert [set(unit.accepted_for) for unit in units] == [{0}] * 3 + [{1}] * 2 + [set()] * 4


def test_evidence_ends_at_a_whole_passage() -> None:
    """By their number, or by their length."""
    assert len(collect(read_fees(), passages=1)) == 3
    assert len(collect(read_fees(), characters=90)) == 3
    assert collect(read_fees(), characters=10) == []


def test_no_place_of_a_passage_without_the_questions_names_is_accepted() -> None:
    """The title and headings above count; what is said of one harbour is no answer on another."""
    for question, is_accepted in (
        ("What do ships pay in the Oslo harbour?", False),
        ("What do ships pay by the Harbour rules?", True),
        ("What do ships pay?", True),
    ):
        units = collect(read(question, reading(FEES_PASSAGE, 3.0, (3.0, 1.0, -5.0))))
        assert any(unit.accepted_for for unit in units) is is_accepted, question
