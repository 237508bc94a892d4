from __future__ import annotations

import pytest

from evals.run import run
from evals.summary import latencies, summarise
from tests.unit.evals_fakes import AGE, GOOD, WHERE, WHO, Texts, abstention, answer, cite, scripted

CASES = [WHO, WHERE, AGE]


def test_a_perfect_run_has_full_marks_and_no_trouble() -> None:
    """Right answers, exact citations and one due abstention score 1 on every figure that counts up."""
    done = run(CASES, scripted(GOOD), catalog=Texts())
    figures = summarise(done)
    best = ("answered_right", "abstained", "citations_exact", "citation_recall", "citation_precision", "em")
    assert {name: figures[name].value for name in best} == dict.fromkeys(best, 1.0)
    assert figures["errors"].value == 0
    assert [record.trouble for record in done.records] == ["", "", ""]


def test_an_abstention_stays_in_every_denominator() -> None:
    """An answerable question left unanswered counts as wrong, with its zero in em, f1 and recall."""
    figures = summarise(run(CASES, scripted({**GOOD, WHERE.question: abstention()}), catalog=Texts()))
    for name in ("answered_right", "em", "f1", "citation_recall"):
        assert (figures[name].value, figures[name].n) == (0.5, 2), name
    assert figures["abstention_precision"].value == 0.5
    assert figures["abstention_recall"].value == 1.0


def test_a_case_that_breaks_is_a_record_and_not_the_end() -> None:
    """What ask raises is kept against its case; the cases after it are still asked."""
    done = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}), catalog=Texts())
    assert [record.error for record in done.records] == ["RuntimeError: boom", "", ""]
    assert done.records[0].trouble == "RuntimeError: boom"
    figures = summarise(done)
    assert (figures["errors"].value, figures["answered_right"].value) == (1.0, 0.5)


def test_an_unanswerable_case_that_breaks_did_not_abstain() -> None:
    """An error is no honest abstention."""
    figures = summarise(run([AGE], scripted({AGE.question: RuntimeError("boom")})))
    assert figures["abstained"].value == 0.0
    assert figures["abstention_recall"].value == 0.0


def test_a_citation_that_points_elsewhere_is_found_out() -> None:
    """Citations are looked up in the catalog: one code point off is inexact, and so said."""
    off = answer("Ada Lovelace", cite("Ada Lovelace wrote the first program.", start=1))
    done = run([WHO], scripted({WHO.question: off}), catalog=Texts())
    assert done.records[0].exact == (False,)
    assert "1 of 1 citations are not what is stored" in done.records[0].trouble
    assert done.records[0].scores.right


def test_a_citation_of_a_version_that_is_not_stored_is_inexact() -> None:
    """A quote can't be vouched for where its document version is unknown."""
    stale = answer("London", cite("She lived in London.", version="0" * 64))
    assert run([WHERE], scripted({WHERE.question: stale}), catalog=Texts()).records[0].exact == (False,)


def test_what_an_abstention_shows_as_nearest_is_checked_too() -> None:
    """An abstention's nearest places are citations, and must be exact as well."""
    off = abstention(0.1, cite("London", start=0))
    assert run([AGE], scripted({AGE.question: off}), catalog=Texts()).records[0].exact == (False,)


def test_without_a_catalog_exactness_is_not_measured() -> None:
    """No catalog: the figure is None over n=0, not a flattering 1.0."""
    figure = summarise(run(CASES, scripted(GOOD)))["citations_exact"]
    assert (figure.value, figure.n) == (None, 0)


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
    assert run([WHO], scripted({WHO.question: outcome})).records[0].trouble == trouble  # type: ignore[dict-item]


def test_an_answer_to_an_unanswerable_question_is_trouble() -> None:
    """Answering what the documents don't say is the worst failure, and is named."""
    wrong = answer("36", cite("She lived in London."), confidence=0.7)
    record = run([AGE], scripted({AGE.question: wrong})).records[0]
    assert not record.scores.right
    assert record.trouble == "answered what the documents don't say (confidence 0.70)"


def test_progress_is_told_after_each_case() -> None:
    """The callback sees how many are done, of how many."""
    seen: list[tuple[int, int]] = []
    run(CASES, scripted(GOOD), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_latencies_cover_every_case() -> None:
    """Each question has a time, those that broke too."""
    done = run(CASES, scripted({**GOOD, WHO.question: RuntimeError("boom")}))
    times = latencies(done)
    assert times["latency_p50"].n == 3
    assert all(record.ms >= 0 for record in done.records)


def test_confidence_figures_use_what_came_back() -> None:
    """AUROC sets answerable apart by confidence; AURC and ECE judge the answers given."""
    figures = summarise(run(CASES, scripted(GOOD)))
    assert (figures["auroc"].value, figures["auroc"].n) == (1.0, 3)
    assert (figures["aurc"].value, figures["aurc"].n) == (0.0, 2)
    assert figures["ece"].value == pytest.approx(0.1)


def test_an_empty_run_has_no_figures_to_boast_of() -> None:
    """Over no cases every rate is None."""
    figures = summarise(run([], scripted({})))
    assert {f.value for name, f in figures.items() if name != "errors"} == {None}
