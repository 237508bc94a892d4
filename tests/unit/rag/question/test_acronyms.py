"""Acronyms and their long forms as texts define them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.acronyms import (
    Definition,
    acronym_expansions,
    definition_terms,
    definitions,
    expand_acronyms,
    has_initials,
    possible_definition_terms,
)

PTO = "Paid time off (PTO) is granted in January."
SLA = "SLA: service level agreement"


@pytest.mark.parametrize(
    ("text", "acronym", "long_form"),
    [
        ("You get paid time off (PTO) each year.", "PTO", "paid time off"),
        ("PTO (paid time off) ends in March.", "PTO", "paid time off"),
        ("P.T.O. (paid time off) ends in March.", "PTO", "paid time off"),
        ("PTO stands for paid time off.", "PTO", "paid time off"),
        ("Here SLA means a Service Level Agreement, signed by both.", "SLA", "Service Level Agreement"),
        ("PTO is short for paid time off", "PTO", "paid time off"),
        ("Terms\n\nPTO: paid time off, per year\nWIP: work in progress", "PTO", "paid time off"),
        ("* **SLA** – Service Level Agreement", "SLA", "Service Level Agreement"),
        ("Short | Long\nTOIL | time off in lieu | paid", "TOIL", "time off in lieu"),
        ("Key performance indicator | KPI\n", "KPI", "Key performance indicator"),
        ("PTO,paid time off", "PTO", "paid time off"),
        ("the Service Level Agreement, or SLA, binds us", "SLA", "Service Level Agreement"),
        ("our SLAs (service level agreements)", "SLA", "service level agreements"),
        ("multi-factor authentication (MFA)", "MFA", "multi-factor authentication"),
        ("multifactor authentication (MFA)", "MFA", "multifactor authentication"),
        ("authentication assurance level 2 (AAL2)", "AAL2", "authentication assurance level 2"),
        ("the Office of the Inspector General (OIG)", "OIG", "Office of the Inspector General"),
        ("research and development (R&D)", "R&D", "research and development"),
    ],
)
def test_a_definition_is_found(text: str, acronym: str, long_form: str) -> None:
    """In brackets, in a sentence, in a glossary and in a table's row."""
    assert Definition(acronym, long_form) in list(definitions(text))


@pytest.mark.parametrize(
    "text",
    [
        "PTO: ask Ann",
        "Ask the team (HR) first.",
        "service agreement (SLA)",
        "PTO means nothing to me",
        "Paid time (in euros) is off.",
        "We paid (SEE) all of it.",
    ],
)
def test_other_initials_are_no_definition(text: str) -> None:
    """Each letter begins a word, and each content word has a letter."""
    assert list(definitions(text)) == []


@pytest.mark.parametrize(
    ("acronym", "words", "expected"),
    [
        ("SLA", "service level agreement", True),
        ("SLA", "service agreement", False),
        ("SLA", "service level agreement signed", False),
        ("TOIL", "time off in lieu", True),
        ("DOJ", "department of justice", True),
        ("DJ", "department of justice", True),
        ("J", "justice", False),
    ],
)
def test_initials_are_checked(acronym: str, words: str, expected: bool) -> None:
    """Function words may be skipped, content words may not."""
    assert has_initials(acronym, words.split()) is expected


def test_an_acronym_is_expanded_however_it_is_typed() -> None:
    """In capitals, in small letters, in the plural."""
    for question in ("how much PTO do I get", "how much pto do I get", "my P.T.O. this year"):
        assert acronym_expansions(question, [PTO]) == ("Paid time off",)
    assert acronym_expansions("do slas bind us", [SLA]) == ("service level agreement",)


def test_a_long_form_is_expanded_to_its_acronym() -> None:
    """In any inflection of its last word."""
    assert acronym_expansions("which Service Level Agreements are there", [SLA]) == ("SLA",)


def test_what_the_question_has_is_not_added() -> None:
    """A question with both forms stays as it is."""
    assert acronym_expansions("is PTO paid time off", [PTO]) == ()
    assert acronym_expansions("when does the library open", [PTO, SLA]) == ()


def test_words_are_no_acronyms() -> None:
    """In small letters "it" and "far" are words; "spa" is one where the texts have it as a word."""
    texts = ["Information technology (IT), the Federal Acquisition Regulation (FAR)"]
    assert acronym_expansions("how far is it", texts) == ()
    assert acronym_expansions("who runs IT", texts) == ("Information technology",)
    purchase = "share purchase agreement (SPA)"
    assert acronym_expansions("prices of the spa", [purchase]) == ("share purchase agreement",)
    assert acronym_expansions("prices of the spa", [purchase], ["Quayside Spa opens at ten."]) == ()


def test_the_most_frequent_long_form_counts() -> None:
    """Whatever its case and number."""
    texts = ["Patent and Trademark Office (PTO)", "Paid Time Off (PTO)", "paid time off (PTO)"]
    assert acronym_expansions("PTO rules", texts) == ("Paid Time Off",)


def test_what_the_passages_use_is_not_expanded() -> None:
    """Three passages that write as the question does need no other words; those that define don't count."""
    using = ["GSA buys.", "GSA sells.", "The General Services Administration (GSA) leases."]
    assert acronym_expansions("what does GSA do", using, using[1:]) == ("General Services Administration",)
    assert acronym_expansions("what does GSA do", using, using) == ()
    assert acronym_expansions("what does GSA do", using) == ("General Services Administration",)


def test_expansions_stand_in_brackets() -> None:
    """Behind what they expand, in the question as typed."""
    assert (
        expand_acronyms("pto and sla?", [PTO, SLA])
        == "pto (Paid time off) and sla (service level agreement)?"
    )
    assert expand_acronyms("a service level agreement?", [SLA]) == "a service level agreement (SLA)?"
    assert expand_acronyms("when does it open?", [PTO]) == "when does it open?"


@pytest.mark.parametrize(
    "question", ["what is our pto", "PTO?", "paid time off", "how is time off in lieu, paid time off"]
)
def test_a_question_finds_the_term_of_a_definition(question: str) -> None:
    """By the acronym, and by the initials of the long form."""
    assert set(definition_terms(PTO)) <= set(possible_definition_terms(question))


@given(st.text(alphabet="ABab(),.|:-–\n &2", max_size=60))
def test_every_long_form_stands_in_its_text(text: str) -> None:
    """Up to white space, whatever the text is."""
    for definition in definitions(text):
        assert definition.long_form in " ".join(text.split())
        assert definition.acronym in text.replace(".", "")
