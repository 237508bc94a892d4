"""Pronouns are led back to the right name, or left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coreference.resolver import PronounResolver
from rag.reading.context import reader_context
from rag.text import sentences
from rag.types import Document, Passage, Section, Span
from tests.samples import candidate, document, find, passage

ARTICLE = Path(__file__).parents[4] / "seeds" / "000_d787e751175fd3e0.txt"


def led(doc: Document, *passages: Passage) -> list[tuple[str, str]]:
    """Each resolved pronoun with the name it is led to."""
    resolved = PronounResolver().resolve(doc, passages or (passage(doc),))
    return [
        (m.span.slice(doc.text), m.antecedent.slice(doc.text)) for found in resolved for m in found.mentions
    ]


def names(text: str, **more: object) -> list[str]:
    """The names that a text's pronouns are led to."""
    return [name for _, name in led(document(text, **more))]  # type: ignore[arg-type]


def test_the_headline_article_names_the_sheriff() -> None:
    """'He called for an apology from ... Kristi Noem' is said of Sheriff Grady Judd."""
    doc = document(ARTICLE.read_text("utf-8"))
    assert led(doc) == [("He", "Sheriff Grady Judd")]


def test_the_view_of_the_headline_article_says_who_called() -> None:
    """The text a reader sees has the name where the pronoun was."""
    doc = document(ARTICLE.read_text("utf-8"))
    found = PronounResolver().resolve(doc, [passage(doc)])[0]
    assert (
        "Sheriff Grady Judd called for an apology"
        in reader_context(candidate(doc, mentions=found.mentions)).text
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marie Curie won two prizes. She was born in Warsaw.", ["Marie Curie"]),
        ("Mayor Ana Ruiz spoke first. Later she met the press.", ["Mayor Ana Ruiz"]),
        ("Dr. J. R. Oyelaran, Jr. left. He had retired.", ["Dr. J. R. Oyelaran, Jr."]),
        ("Ludwig van der Berg painted. He sold nothing.", ["Ludwig van der Berg"]),
        ('William "Bill" Nye taught science. He wore a bow tie.', ['William "Bill" Nye']),
        ("Bill Gates founded it. He was twenty.", ["Bill Gates"]),
        ("Emily West sang. She won.", ["Emily West"]),
        ("The first director was Hugh Johnson. He resigned.", ["Hugh Johnson"]),
    ],
)
def test_a_name_alone_is_meant(text: str, expected: list[str]) -> None:
    """One person named, titles, initials, particles and nicknames included: the pronoun is theirs."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alice Munro met Robert Weaver. She thanked the editor.", ["Alice Munro"]),
        ("Robert Weaver met Alice Munro. She was a writer.", []),
        ("Robert Weaver said Alice Munro wrote it. She was a writer.", ["Alice Munro"]),
        ("Peter Gray thanked David Hume. He left.", ["Peter Gray"]),
        ("Grady Judd was thanked by Peter Gray. He smiled.", ["Grady Judd"]),
        ('"We lost," said Grady Judd about James Cole. He left.', ["Grady Judd"]),
    ],
)
def test_of_two_people_gender_and_subject_decide(text: str, expected: list[str]) -> None:
    """A pronoun takes the person of its gender, and of two such the subject."""
    assert names(text) == expected


def test_a_quotation_in_between_changes_nothing() -> None:
    """The speaker stays the one meant, and pronouns inside the quotation are left alone."""
    text = 'Sheriff Grady Judd said: "Bob Hill knows. He saw it. She did not." He left the room.'
    assert led(document(text)) == [("He", "Sheriff Grady Judd")]


def test_who_said_it_is_not_in_what_was_said() -> None:
    """'..., he said' is the speaker of before, not a man named in what he said."""
    text = "Don McLean gave a talk. The song is a tribute to the artist Vincent van Gogh, he said."
    assert names(text) == ["Don McLean"]


def test_the_fullest_name_is_shown() -> None:
    """A pronoun after a bare surname is led to the full name given earlier."""
    text = "Sheriff Grady Judd spoke on Monday. The room was full. Judd was angry. He called for an apology."
    assert names(text) == ["Sheriff Grady Judd"]


def test_each_item_of_a_list_has_its_own_person() -> None:
    """In a list of people the pronoun is led to its own item's name."""
    text = "- Ann Lee is a painter. She lives in Rome.\n- Tom Fox is a poet. He lives in Oslo.\n"
    assert names(text) == ["Ann Lee", "Tom Fox"]


@pytest.mark.parametrize(
    "text",
    [
        "He was late. Nobody knew why.",
        "The committee met on Monday. He was late.",
        "Microsoft Corporation grew. He sold it.",
        "Lake Placid froze. She skated.",
        "The Great Gatsby sold well. He was pleased.",
        "Paul Simon and Art Garfunkel argued. He left.",
        "Peter Gray told James Cole that he was wrong.",
        "Ms. Taylor spoke. He agreed.",
        "Gentle and wise. She helped.",
        "An officer stopped a man. He ran.",
        "Alan Kay spoke. A user may leave when he or she wants.",
        "Alan Kay spoke. The user saves what he / she wrote.",
    ],
)
def test_left_alone_where_nobody_or_more_than_one_can_be_meant(text: str) -> None:
    """No name before it, only things, two equals, the other gender, or nobody in particular."""
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Grady Judd spoke. I agree with him. You know me. We met.",
        "Grady Judd spoke. It rained. They left. Its roof and their chairs and his hat were wet.",
    ],
)
def test_other_pronouns_are_never_led_back(text: str) -> None:
    """First and second person, objects, possessives, 'it' and 'they' stay as they are."""
    assert names(text) == []


def test_a_described_person_stands_between() -> None:
    """'A man' may be meant: the pronoun is not led past him to a name."""
    assert names("Peter Gray slept. Meanwhile a man entered the house. He took a lamp.") == []


def test_not_across_a_heading() -> None:
    """A person named only in another section isn't meant."""
    text = "Grady Judd spoke.\n\nWeather\nHe was late."
    cut = text.index("Weather")
    parts = (Section(span=Span(0, cut), path=("A",)), Section(span=Span(cut, len(text)), path=("B",)))
    assert names(text) == ["Grady Judd"]
    assert names(text, sections=parts) == []


def test_the_name_may_be_in_another_passage() -> None:
    """A referent may lie in an earlier passage of the same section."""
    doc = document("Sheriff Grady Judd spoke on Monday. He called for an apology.")
    first, second = (
        passage(doc, "Sheriff Grady Judd spoke on Monday."),
        passage(doc, "He called for an apology."),
    )
    resolved = PronounResolver().resolve(doc, [first, second])
    assert resolved[0] == first
    assert [m.antecedent for m in resolved[1].mentions] == [find(doc.text, "Sheriff Grady Judd")]


def test_passages_come_back_in_the_order_given() -> None:
    """Whatever the order of the passages, each is changed in nothing but its mentions."""
    doc = document("Ann Lee won. She wept. Tom Fox lost. He slept.")
    parts = [passage(doc, part) for part in ("Tom Fox lost. He slept.", "Ann Lee won. She wept.")]
    resolved = PronounResolver().resolve(doc, parts)
    assert [found.id for found in resolved] == [part.id for part in parts]
    assert led(doc, *parts) == [("He", "Tom Fox"), ("She", "Ann Lee")]


def test_no_passages_no_mentions() -> None:
    """An empty list of passages comes back empty."""
    assert PronounResolver().resolve(document("He left."), []) == []


def test_the_title_tells_whom_an_article_is_about() -> None:
    """A person whose name is the title is meant where another would come near."""
    text = "Doug Ross worked with Mark Greene. Mark Greene argued with Doug Ross. He resigned."
    assert names(text) == []
    assert names(text, title="Mark Greene (ER)") == ["Mark Greene"]


WORDS = st.sampled_from(
    "He she he She said Sheriff Grady Judd Ann Lee Dr . , ' \" “ ” `` '' ( ) / or and the a man Will May de "
    "van Jr II 's ’s X AI ß İ ǅ 李 \n \n\n - # it They".split(" ")
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join))


@given(text=TEXTS, title=st.text(max_size=20), cut=st.integers(0, 300))
def test_the_laws_hold_for_any_text(text: str, title: str, cut: int) -> None:
    """Mentions lie in their passage, in order, apart; each referent before its mention; pure."""
    doc = document(
        text, title=title, sections=(Section(span=Span(min(cut, len(text)), len(text)), path=("S",)),)
    )
    parts = [
        Passage(document_id=doc.id, version=doc.sha256, span=span, sentences=(span,))
        for span in sentences(text)
    ]
    resolved = PronounResolver().resolve(doc, parts)
    assert resolved == PronounResolver().resolve(doc, resolved)
    for part, found in zip(parts, resolved, strict=True):
        assert (found.id, found.span, found.sentences) == (part.id, part.span, part.sentences)
        end = part.span.start
        for mention in found.mentions:
            assert mention.span.slice(text).lower() in ("he", "she")
            assert end <= mention.span.start
            assert mention.span.end <= part.span.end
            assert len(mention.antecedent)
            assert mention.antecedent.end <= mention.span.start
            end = mention.span.end
