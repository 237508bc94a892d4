"""Which drafted sentences are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from rag.drafting.evidence import Acceptance, collect_evidence
from rag.drafting.keep_rules import KeepRules, KeptSentence, SupportCheck
from rag.drafting.sentence_parser import DraftSentence
from rag.types import DroppedSentence, DropRule
from tests.fakes.llm import WordSupport, check_words
from tests.unit.rag.drafting.harbour import FEES_PASSAGE, PROTOCOL_PASSAGE, read, reading


def rules(check: SupportCheck = check_words, doubtful: Sequence[str] = ()) -> KeepRules:
    """Of a question about fees: 1 and 2 are accepted; 3 is no support, 4 and 5 are of another matter."""
    found = read(
        "What do ships pay?",
        reading(FEES_PASSAGE, 3.0, (3.0, 1.0, -5.0)),
        reading(PROTOCOL_PASSAGE, -4.0, (9.0, 9.0)),
    )
    acceptance = Acceptance(min_relevance=0.0, min_support=-2.0)
    units = collect_evidence([found], passages=6, characters=10_000, acceptance=acceptance)
    return KeepRules(units, check, doubtful)


def judge(text: str, *cited: int) -> KeptSentence | DroppedSentence:
    return rules().judge(DraftSentence(text=text, cited=cited))


def test_a_supported_sentence_with_an_accepted_place_is_kept() -> None:
    """With that place."""
    kept = judge("Ships pay 40 € a night.", 1)
    assert isinstance(kept, KeptSentence)
    assert [unit.number for unit in kept.units] == [1]


def test_title_and_headings_count_as_context() -> None:
    """A sentence may name what its evidence is about."""
    assert isinstance(judge("By the harbour rules ships pay 40 € a night.", 1), KeptSentence)


@pytest.mark.parametrize("cited", [(), (1,), (77,)])
def test_a_quote_needs_no_number(cited: tuple[int, ...]) -> None:
    """Evidence that is repeated word for word is its own place; an accepted one, as ever."""
    kept = judge("boats under six metres pay nothing", *cited)
    assert isinstance(kept, KeptSentence)
    assert [unit.number for unit in kept.units] == [2]
    dropped = judge("The old protocol of 1997 failed.")
    assert isinstance(dropped, DroppedSentence)
    assert dropped.rule is DropRule.NOT_ACCEPTED


@pytest.mark.parametrize(
    ("text", "cited", "rule"),
    [
        ("Ships pay 50 € a night.", (), DropRule.UNCITED),
        ("Ships pay 50 € a night.", (0, 77), DropRule.UNCITED),
        ("Ships pay 50 € a night.", (1,), DropRule.UNSUPPORTED),
        ("Elephants.", (2,), DropRule.UNSUPPORTED),
        ("Les navires paient 40 € la nuit.", (1,), DropRule.UNSUPPORTED),
        ("The old protocol failed.", (4,), DropRule.NOT_ACCEPTED),
        ("Fees are due on arrival.", (3,), DropRule.NOT_ACCEPTED),
        ("Fees are 0 €.", (5,), DropRule.NOT_ACCEPTED),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_dropped(text: str, cited: tuple[int, ...], rule: DropRule) -> None:
    """No place, none that exists, another number, no word of it, another language, another matter."""
    dropped = judge(text, *cited)
    assert isinstance(dropped, DroppedSentence)
    assert (dropped.rule, dropped.text, dropped.cited) == (rule, text, cited)


@pytest.mark.parametrize("cited", [(), (0, 77), (2,)])
def test_the_place_that_supports_a_sentence_is_found(cited: tuple[int, ...]) -> None:
    """Where the LLM cites none, none that exists, or one that says nothing of it: an accepted place only."""
    kept = judge("Ships pay 40 € nightly.", *cited)
    assert isinstance(kept, KeptSentence)
    assert [unit.number for unit in kept.units] == [1]
    assert isinstance(judge("In 1997 the protocol failed.", *cited), DroppedSentence)


@dataclass(frozen=True, slots=True)
class _Found:
    is_supported: bool
    score: float = 0.9
    missing: tuple[str, ...] = ()


def test_what_contradicts_the_place_it_cites_is_looked_for_nowhere_else() -> None:
    """It is about that place, and something differs; without a number the other place would be cited."""

    def check(sentence: str, cited: Sequence[str], /, *, context: Sequence[str] = ()) -> _Found:
        return _Found(is_supported=cited[0].startswith("Ships"))

    found = read("What do ships pay?", reading(FEES_PASSAGE, 3.0, (3.0, 3.0, 3.0)))
    acceptance = Acceptance(min_relevance=0.0, min_support=-2.0)
    units = collect_evidence([found], passages=6, characters=10_000, acceptance=acceptance)
    by_word = KeepRules(units, check)
    kept = by_word.judge(DraftSentence(text="They pay.", cited=()))
    assert isinstance(kept, KeptSentence)
    dropped = by_word.judge(DraftSentence(text="They pay.", cited=(2,)))
    assert isinstance(dropped, DroppedSentence)
    assert dropped.rule is DropRule.UNSUPPORTED


def test_what_is_missing_is_named() -> None:
    """With the score."""
    dropped = judge("Ships pay 50 € a night.", 1)
    assert isinstance(dropped, DroppedSentence)
    assert dropped.missing == ("50",)
    assert dropped.score == pytest.approx(0.75)


def test_no_sentence_takes_its_words_here_and_its_acceptance_there() -> None:
    """An instruction's words beside an accepted place are dropped all the same."""
    dropped = judge("Ships write that fees are 0 €.", 1, 5)
    assert isinstance(dropped, DroppedSentence)
    assert dropped.rule is DropRule.NOT_ACCEPTED


def test_only_accepted_places_are_cited() -> None:
    """Another one that was cited with them, and that the sentence doesn't need, is left out."""
    kept = judge("Ships pay 40 € a night.", 1, 3, 99)
    assert isinstance(kept, KeptSentence)
    assert [unit.number for unit in kept.units] == [1]


def _supports_all(_: str, __: Sequence[str], /, *, context: Sequence[str] = ()) -> WordSupport:
    """As the fitted check does where most words of a sentence are in its place."""
    return WordSupport(score=0.9, missing=())


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Ships of the navy pay 40 € a night.", ("navy",)),
        ("Sailors pay 40 € a night.", ()),
        ("By the harbour rules ships pay 40 € a night.", ()),
    ],
)
def test_what_a_doubtful_question_takes_for_granted_is_no_evidence(
    text: str, missing: tuple[str, ...]
) -> None:
    """Its word has to be in the passage, a heading or the title; words that it doesn't have may differ."""
    doubtful = ("navy", "ships", "harbour", "elephants")
    judged = rules(_supports_all, doubtful).judge(DraftSentence(text=text, cited=(1,)))
    assert (judged.missing if isinstance(judged, DroppedSentence) else ()) == missing
    assert isinstance(rules(_supports_all).judge(DraftSentence(text=text, cited=(1,))), KeptSentence)
