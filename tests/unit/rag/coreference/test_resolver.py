"""Pronouns are resolved to the right name, or left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coreference.resolver import PronounResolver
from rag.text import sentences
from rag.types import Document, Passage, Section, Span
from tests.samples import document, find, passage


def resolved(doc: Document, *passages: Passage) -> list[tuple[str, str]]:
    """Each resolved pronoun with its antecedent."""
    done = PronounResolver().resolve(doc, passages or (passage(doc),))
    return [(m.span.slice(doc.text), m.antecedent.slice(doc.text)) for part in done for m in part.mentions]


def antecedents(text: str, **more: object) -> list[str]:
    """The antecedents of a text's pronouns."""
    return [name for _, name in resolved(document(text, **more))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nina Sorel wrote two novels. She was born in Lund.", ["Nina Sorel"]),
        ("Mayor Rosa Lindqvist spoke first. Later she met the press.", ["Mayor Rosa Lindqvist"]),
        ("Dr. T. M. Adeyinka, Jr. left. He had retired.", ["Dr. T. M. Adeyinka, Jr."]),
        ("Bruno van der Meer painted. He sold nothing.", ["Bruno van der Meer"]),
        ('Walter "Buzz" Dunmore taught physics. He wore a red scarf.', ['Walter "Buzz" Dunmore']),
        ("Bill Farrow founded it. He was twenty.", ["Bill Farrow"]),
        ("Clara West sang. She won.", ["Clara West"]),
        ("The first director was Felix Dunmore. He resigned.", ["Felix Dunmore"]),
    ],
)
def test_the_only_person_is_the_antecedent(text: str, expected: list[str]) -> None:
    """One person named, titles, initials, particles and nicknames included: the pronoun is theirs."""
    assert antecedents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Edith Moro met Walter Dunmore. She thanked the editor.", ["Edith Moro"]),
        ("Walter Dunmore met Edith Moro. She was a writer.", []),
        ("Walter Dunmore said Edith Moro wrote it. She was a writer.", ["Edith Moro"]),
        ("Felix Quist thanked Harold Lund. He left.", ["Felix Quist"]),
        ("Leon Farrow was thanked by Felix Quist. He smiled.", ["Leon Farrow"]),
        ('"We lost," said Leon Farrow about Oscar Lund. He left.', ["Leon Farrow"]),
    ],
)
def test_of_two_people_gender_and_subject_decide(text: str, expected: list[str]) -> None:
    """A pronoun takes the person of its gender, and of two such the subject."""
    assert antecedents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leon Farrow chaired. We should ask Omar if he can come.", ["Omar"]),
        ("Leon Farrow chaired and closed. Someone will ask Marcus Sand whether he agrees.", ["Marcus Sand"]),
        ("Ms. Casey spoke. She will ask Felix Quist if he wants to.", ["Ms. Casey", "Felix Quist"]),
        ("Leon Farrow chaired. Ask Tolvik if he can come.", []),
        ("Leon Farrow chaired. Ask Ms. Casey if he can come.", []),
        ("Leon Farrow chaired. We asked the board if he could stay.", ["Leon Farrow"]),
        ("Leon Farrow chaired. If he stays, we stay.", ["Leon Farrow"]),
    ],
)
def test_who_is_asked_is_the_antecedent_of_what_is_asked(text: str, expected: list[str]) -> None:
    """In "ask Omar if he ...": Omar or nobody, however salient another person is."""
    assert antecedents(text) == expected


def test_a_quotation_in_between_changes_nothing() -> None:
    """The speaker stays the antecedent, and pronouns inside the quotation are left alone."""
    text = 'Marshal Leon Farrow said: "Hugo Lund knows. He saw it. She did not." He left the room.'
    assert resolved(document(text)) == [("He", "Marshal Leon Farrow")]


def test_the_speaker_is_not_mentioned_in_what_is_reported() -> None:
    """'..., he said' is the speaker of before, not a man named in what he said."""
    text = "Oscar Quist gave a lecture. The poem is a tribute to the painter Bruno van der Meer, he said."
    assert antecedents(text) == ["Oscar Quist"]


def test_the_fullest_name_is_shown() -> None:
    """A pronoun after a bare surname is resolved to the full name given earlier."""
    text = "Marshal Leon Farrow spoke in May. The room was full. Farrow was angry. He asked for a vote."
    assert antecedents(text) == ["Marshal Leon Farrow"]


def test_each_item_of_a_list_has_its_own_person() -> None:
    """In a list of people the antecedent is the own item's name."""
    text = "- Ada Lund is a painter. She lives in Rome.\n- Hugo Quist is a poet. He lives in Oslo.\n"
    assert antecedents(text) == ["Ada Lund", "Hugo Quist"]


@pytest.mark.parametrize(
    "text",
    [
        "He was late. Nobody knew why.",
        "The committee met on Monday. He was late.",
        "Netflix Corporation grew. He sold it.",
        "Lake Ontario froze. She skated.",
        "The Silver Lantern sold well. He was pleased.",
        "Felix Quist and Leon Farrow argued. He left.",
        "Felix Quist told Leon Farrow that he was wrong.",
        "Ms. Casey spoke. He agreed.",
        "Gentle and wise. She helped.",
        "An officer stopped a man. He ran.",
        "Felix Quist spoke. A user may leave when he or she wants.",
        "Felix Quist spoke. The user saves what he / she wrote.",
    ],
)
def test_left_alone_where_nobody_or_more_than_one_can_be_meant(text: str) -> None:
    """No name before it, only things, two equals, the other gender, or a generic pronoun."""
    assert antecedents(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Leon Farrow spoke. I agree with him. You know me. We met.",
        "Leon Farrow spoke. It rained. They left. Its roof and their chairs and his hat were wet.",
    ],
)
def test_other_pronouns_are_not_resolved(text: str) -> None:
    """First and second person, objects, possessives, 'it' and 'they' stay as they are."""
    assert antecedents(text) == []


def test_a_described_person_is_a_candidate() -> None:
    """'A man' may be meant: the pronoun is not resolved past him to a name."""
    assert antecedents("Felix Quist slept. Meanwhile a man entered the house. He took a lamp.") == []


def test_not_across_a_heading() -> None:
    """A person named only in another section isn't meant."""
    text = "Leon Farrow spoke.\n\nWeather\nHe was late."
    cut = text.index("Weather")
    parts = (Section(span=Span(0, cut), path=("A",)), Section(span=Span(cut, len(text)), path=("B",)))
    assert antecedents(text) == ["Leon Farrow"]
    assert antecedents(text, sections=parts) == []


def test_the_antecedent_may_be_in_another_passage() -> None:
    """It may lie in an earlier passage of the same section."""
    doc = document("Marshal Leon Farrow spoke in May. He asked for a vote.")
    first, second = passage(doc, "Marshal Leon Farrow spoke in May."), passage(doc, "He asked for a vote.")
    done = PronounResolver().resolve(doc, [first, second])
    assert done[0] == first
    assert [m.antecedent for m in done[1].mentions] == [find(doc.text, "Marshal Leon Farrow")]


def test_passages_come_back_in_the_order_given() -> None:
    """Whatever the order of the passages, each is changed in nothing but its mentions."""
    doc = document("Ada Lund won. She wept. Hugo Quist lost. He slept.")
    parts = [passage(doc, part) for part in ("Hugo Quist lost. He slept.", "Ada Lund won. She wept.")]
    done = PronounResolver().resolve(doc, parts)
    assert [part.id for part in done] == [part.id for part in parts]
    assert resolved(doc, *parts) == [("He", "Hugo Quist"), ("She", "Ada Lund")]


def test_no_passages_no_mentions() -> None:
    """An empty list of passages comes back empty."""
    assert PronounResolver().resolve(document("He left."), []) == []


def test_the_person_of_the_title_is_more_salient() -> None:
    """A person whose name is the title is meant where another would be as salient."""
    text = "Felix Quist worked with Owen Lund. Owen Lund argued with Felix Quist. He resigned."
    assert antecedents(text) == []
    assert antecedents(text, title="Owen Lund (pilot)") == ["Owen Lund"]


WORDS = st.sampled_from(
    "He she he She said Mayor Leon Farrow Ada Lund Dr . , ' \" “ ” `` '' ( ) / or and the a man Will May de "
    "van Jr II 's ’s X AI ß İ ǅ 李 \n \n\n - # it They".split(" ")
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join))


@given(text=TEXTS, title=st.text(max_size=20), cut=st.integers(0, 300))
def test_the_laws_hold_for_any_text(text: str, title: str, cut: int) -> None:
    """Mentions lie in their passage, in order, apart; each antecedent before its mention; pure."""
    doc = document(
        text, title=title, sections=(Section(span=Span(min(cut, len(text)), len(text)), path=("S",)),)
    )
    parts = [
        Passage(document_id=doc.id, version=doc.sha256, span=span, sentences=(span,))
        for span in sentences(text)
    ]
    done = PronounResolver().resolve(doc, parts)
    assert done == PronounResolver().resolve(doc, done)
    for part, after in zip(parts, done, strict=True):
        assert (after.id, after.span, after.sentences) == (part.id, part.span, part.sentences)
        end = part.span.start
        for mention in after.mentions:
            assert mention.span.slice(text).lower() in ("he", "she")
            assert end <= mention.span.start
            assert mention.span.end <= part.span.end
            assert len(mention.antecedent)
            assert mention.antecedent.end <= mention.span.start
            end = mention.span.end
