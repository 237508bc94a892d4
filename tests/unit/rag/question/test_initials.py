"""Acronyms that no text defines and that passages spell out."""

from __future__ import annotations

import pytest

from rag.question.initials import spelled_out, written_out

PTO = "Paid time off is asked for three weeks ahead. Electric vehicles may charge for four hours."


def phrases(question: str, *texts: str, headings: tuple[str, ...] = ()) -> list[str]:
    return [one.phrase for one in spelled_out(question, texts, headings)]


@pytest.mark.parametrize(
    ("question", "text", "phrase"),
    [
        ("When must PTO be asked for?", PTO, "Paid time off"),
        ("How long may EVs charge?", PTO, "Electric vehicles"),
        ("Is MFA on?", "Multi-factor authentication is required.", "Multi-factor authentication"),
        ("When is the AGM?", "The annual general meeting takes place in May.", "annual general meeting"),
        ("Where is PPE lent out?", "Wear personal protective equipment. It is lent out here.",
         "personal protective equipment"),
        ("How much TOIL is left?", "All of it is time off in lieu.", "time off in lieu"),
        ("Who signs the S.O.W.?", "A statement of work is signed by both.", "statement of work"),
    ],
)  # fmt: skip
def test_a_phrase_with_its_initials_is_found(question: str, text: str, phrase: str) -> None:
    """At the begin of a sentence, behind an article, with function words and hyphens in it."""
    assert phrases(question, text) == [phrase]


def test_a_heading_is_a_phrase() -> None:
    """Of two letters only a heading, or much else, is enough."""
    assert phrases("What does the SLA say?", "Faults.", headings=("Service level agreement",)) == [
        "Service level agreement"
    ]
    assert phrases("Who is in HR?", "It hires red cars.") == []
    assert phrases("When is HR open?", "Human resources is open.", headings=("Human resources",)) == [
        "Human resources"
    ]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("What is PTO?", [PTO, "PTO is granted yearly."]),
        ("What is PTO?", [PTO, "P.T.O. is granted yearly."]),
        ("WHAT IS PTO?", [PTO]),
        ("What does the US say?", ["Unused seats are sold. The unused seats are here. Unused seats."]),
        ("What is the KPI?", ["They keep pigs inside, and know pretty images."]),
        ("What is the SLA?", ["Paid, time, off. Service; level; agreement."]),
        (
            "Whom does the FBI hire?",
            ["They hire, fueled by increased funding.", "Fueled by increased funds."],
        ),
        ("What is the AGM?", ["An angry goose may bite. A great meal."]),
        ("What is the PTO?", ["The paid time off is short.", "The patent tax office is closed."]),
    ],
)
def test_what_may_mean_another_thing_is_left(question: str, texts: list[str]) -> None:
    """Texts have the acronym; it is a word of its own; the words are no phrase; two phrases are as likely."""
    assert phrases(question, *texts) == []


def test_small_letters_are_an_acronym_where_they_are_no_word() -> None:
    """Neither of the language nor of the texts."""

    def found(question: str, text: str) -> list[str]:
        is_known = {"when", "is", "the", "far", "how", "it"}.__contains__
        return [one.phrase for one in spelled_out(question, [text], is_known=is_known)]

    assert found("when is the agm", "The annual general meeting is in May.") == ["annual general meeting"]
    assert found("how far is it", "The fire alarm rings. The fire alarm room is here.") == []
    assert found("when is the spa", "The Spa opens. A staff parking area is behind it.") == []


def test_phrases_stand_in_the_place_of_acronyms() -> None:
    """As inside a sentence: in small letters but for names, in the plural, with the right article."""
    text = "Electric vehicles may charge. A statement of work is signed. The Key Account Manager is Ann."
    question = "Does an SOW name EVs, SOWs and the KAM?"
    assert written_out(question, spelled_out(question, [text])) == (
        "Does a statement of work name electric vehicles, statement of works and the Key Account Manager?"
    )
