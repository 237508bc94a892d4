"""Who is named or described in a sentence."""

from __future__ import annotations

import pytest

from rag.coreference.person_mentions import PersonMention, person_mentions
from rag.coreference.tokens import tokenize
from rag.english.gender import Gender
from rag.types import Span


def mentions(text: str, *proper: str) -> list[PersonMention]:
    """The people of a text taken as one sentence."""
    return person_mentions(tokenize(text, Span(0, len(text)))[0], frozenset(proper))


def spans(text: str, *proper: str) -> list[str]:
    """The text of each mention."""
    return [mention.span.slice(text) for mention in mentions(text, *proper)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Alder County, Ohio, Marshal Leon Farrow spoke.", ["Marshal Leon Farrow"]),
        ("A letter from Rural Transport Minister Nina Sorel.", ["Minister Nina Sorel"]),
        ("Vice President Edith Moro spoke.", ["Vice President Edith Moro"]),
        ("Deputy Inspector Harold Quist spoke.", ["Deputy Inspector Harold Quist"]),
        ("Then T. M. R. Ashby wrote.", ["T. M. R. Ashby"]),
        ("Cheerful Walter Dunmore returns.", ["Walter Dunmore"]),
        ("British Walter Dunmore returns.", ["Walter Dunmore"]),
        ("The Silver Lantern sold.", []),
        ("The University of Vermont and Ford Motors grew.", []),
        ("In Oslo on Tuesday AI won.", []),
        ("The Governor spoke.", []),
        ("Subsequently, however, it sold.", []),
        ("a quiet boy met his new neighbour", ["a quiet boy", "his new neighbour"]),
    ],
)
def test_people_are_found_and_things_are_not(text: str, names: list[str]) -> None:
    """Titles are shown with the name; places, organisations, bare titles and first words are nobody."""
    assert spans(text) == names


def test_a_first_word_is_a_name_if_it_is_written_so_elsewhere() -> None:
    """A sentence's first word needs more than its capital."""
    assert spans("Okoro spoke.") == []
    assert spans("Okoro spoke.", "Okoro") == ["Okoro"]


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Mr. Lund spoke.", Gender.MALE),
        ("Ms. Lund spoke.", Gender.FEMALE),
        ("Nina Sorel spoke.", Gender.FEMALE),
        ("Leon Sorel spoke.", Gender.MALE),
        ("Casey Lund spoke.", Gender.UNKNOWN),
        ("Dr. Walter spoke.", Gender.UNKNOWN),
        ("the actress Xyla Lund spoke.", Gender.FEMALE),
        ("a woman spoke.", Gender.FEMALE),
        ("an uncle spoke.", Gender.MALE),
    ],
)
def test_gender_follows_from_titles_given_names_and_nouns(text: str, gender: Gender) -> None:
    """By the title first, then the given name, then the word before; not by a surname."""
    assert [mention.gender for mention in mentions(text)] == [gender]


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("Leon Farrow ran.", True),
        ("Zyx Qorl insisted so.", True),
        ("Zyx Qorl (born 1950) ran.", True),
        ("Zyx Qorl was a poet.", True),
        ("the poet Zyx Qorl ran.", True),
        ("a boy named Zyx ran.", True),
        ("Zyx Qorl ran.", False),
        ("He told Zyx Qorl.", False),
    ],
)
def test_the_context_of_a_name_makes_it_certain(text: str, certain: bool) -> None:
    """Capitals alone leave it open whether a person is named."""
    assert mentions(text)[-1].certain is certain


def test_a_description_of_a_named_person_is_nobody_else() -> None:
    """'Farrow, a marshal' and 'Farrow was a marshal' speak of one person."""
    assert spans("Leon Farrow, a marshal, ran.") == ["Leon Farrow"]
    assert spans("Leon Farrow was a sailor.") == ["Leon Farrow"]
