"""Who is named or described in a sentence."""

from __future__ import annotations

import pytest

from rag.coreference.people import Person, people
from rag.coreference.tokens import tokens
from rag.english.gender import Gender
from rag.types import Span


def found(text: str, *proper: str) -> list[Person]:
    """The people of a text taken as one sentence."""
    return people(tokens(text, Span(0, len(text)))[0], frozenset(proper))


def shown(text: str, *proper: str) -> list[str]:
    """What is shown of each."""
    return [person.span.slice(text) for person in found(text, *proper)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Polk County, Florida, Sheriff Grady Judd spoke.", ["Sheriff Grady Judd"]),
        ("An apology from Homeland Security Secretary Kristi Noem.", ["Secretary Kristi Noem"]),
        ("Vice President Kamala Harris spoke.", ["Vice President Kamala Harris"]),
        ("Then J. R. R. Tolkien wrote.", ["J. R. R. Tolkien"]),
        ("Wealthy Robert Cattermole returns.", ["Robert Cattermole"]),
        ("The Great Gatsby sold.", []),
        ("The University of Michigan and Ford Motors grew.", []),
        ("In Paris on Monday AI won.", []),
        ("The President spoke.", []),
        ("Previously, however, it sold.", []),
        ("a tall man met his old friend", ["a tall man", "his old friend"]),
    ],
)
def test_people_are_found_and_things_are_not(text: str, names: list[str]) -> None:
    """Titles are shown with the name; places, organisations, bare titles and first words are nobody."""
    assert shown(text) == names


def test_a_first_word_is_a_name_if_it_is_written_so_elsewhere() -> None:
    """A sentence's first word needs more than its capital."""
    assert shown("Judd spoke.") == []
    assert shown("Judd spoke.", "Judd") == ["Judd"]


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Mr. Lee spoke.", Gender.MALE),
        ("Ms. Lee spoke.", Gender.FEMALE),
        ("Kristi Noem spoke.", Gender.FEMALE),
        ("Taylor Lee spoke.", Gender.UNKNOWN),
        ("Dr. Scott spoke.", Gender.UNKNOWN),
        ("the actress Xyla Lee spoke.", Gender.FEMALE),
        ("a woman spoke.", Gender.FEMALE),
    ],
)
def test_titles_names_and_roles_tell_a_gender(text: str, gender: Gender) -> None:
    """By the title first, then the given name, then the word before; a surname tells none."""
    assert [person.gender for person in found(text)] == [gender]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Grady Judd ran.", True),
        ("Zyx Qorl said so.", True),
        ("Zyx Qorl (born 1950) ran.", True),
        ("Zyx Qorl was a poet.", True),
        ("the poet Zyx Qorl ran.", True),
        ("a boy named Zyx ran.", True),
        ("Zyx Qorl ran.", False),
        ("He told Zyx Qorl.", False),
    ],
)
def test_what_is_said_of_a_name_makes_it_sure(text: str, sure: bool) -> None:
    """Capitals alone leave it open whether a person is named."""
    assert found(text)[-1].sure is sure


def test_a_description_of_a_named_one_is_nobody_else() -> None:
    """'Judd, a sheriff' and 'Judd was a sheriff' speak of one person."""
    assert shown("Grady Judd, a sheriff, ran.") == ["Grady Judd"]
    assert shown("Grady Judd was a sheriff.") == ["Grady Judd"]
