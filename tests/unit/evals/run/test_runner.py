from __future__ import annotations

import pytest

from evals.run.runner import run
from evals.run.summary import summarise
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, answer, cite, corpus, scripted

CASES = [WHO, WHERE, AGE]


def test_a_case_that_breaks_is_a_record_and_not_the_end() -> None:
    """What ask raises is kept against its case; the cases after it are still asked."""
    done = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}), corpus=corpus())
    assert [record.error for record in done.records] == ["RuntimeError: boom", "", ""]
    assert done.records[0].failure == "RuntimeError: boom"
    figures = summarise(done)
    assert (figures["errors"].value, figures["answered_right"].value) == (1.0, 0.5)


def test_a_citation_that_points_elsewhere_is_found_out() -> None:
    """Citations are looked up in the catalog: one code point off is inexact, and so said."""
    off = answer("Ada Lovelace", cite("Ada Lovelace wrote the first program.", start=1))
    done = run([WHO], scripted({WHO.question: off}), corpus=corpus())
    assert done.records[0].exact == (False,)
    assert "1 of 1 citations are not what is stored" in done.records[0].failure
    assert done.records[0].scores.right


def test_a_citation_of_a_version_that_is_not_stored_is_inexact() -> None:
    """A quote can't be vouched for where its document version is unknown."""
    stale = answer("London", cite("She lived in London.", version="0" * 64))
    assert run([WHERE], scripted({WHERE.question: stale}), corpus=corpus()).records[0].exact == (False,)


def test_what_an_abstention_shows_as_nearest_is_checked_too() -> None:
    """An abstention's nearest places are citations, and must be exact as well."""
    off = abstention(0.1, cite("London", start=0))
    assert run([AGE], scripted({AGE.question: off}), corpus=corpus()).records[0].exact == (False,)


@pytest.mark.parametrize(
    ("outcome", "trouble"),
    [
        (abstention(0.25), "abstained (not_confident, confidence 0.25)"),
        (
            answer("London", cite("Ada Lovelace wrote the first program."), confidence=0.8),
            "wrong answer (confidence 0.80)",
        ),
        (
            answer("Ada Lovelace", cite("She lived in London.")),
            "does not cite 'Ada Lovelace wrote the first program.'",
        ),
    ],
)
def test_trouble_says_what_is_wrong(outcome: object, trouble: str) -> None:
    """Each kind of failure is named in words."""
    assert run([WHO], scripted({WHO.question: outcome})).records[0].failure == trouble  # type: ignore[dict-item]


def test_an_answer_to_an_unanswerable_question_is_trouble() -> None:
    """Answering what the documents don't say is the worst failure, and is named."""
    wrong = answer("36", cite("She lived in London."), confidence=0.7)
    record = run([AGE], scripted({AGE.question: wrong})).records[0]
    assert not record.scores.right
    assert record.failure == "answered what the documents don't say (confidence 0.70)"


def test_progress_is_told_after_each_case() -> None:
    """The callback sees how many are done, of how many."""
    seen: list[tuple[int, int]] = []
    run(CASES, scripted(GOOD), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
