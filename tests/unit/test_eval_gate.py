from __future__ import annotations

from dataclasses import replace

from evals.gate import Exit, exit_code, judge
from evals.run import run
from evals.summary import summarise
from rag.types import Outcome
from tests.unit.evals_fakes import AGE, GOOD, WHERE, WHO, Texts, abstention, answer, cite, scripted

AT_LEAST = {"answered_right": 0.9, "abstained": 0.9, "citations_exact": 1.0, "citation_recall": 0.9}


def gated(changes: dict[str, Outcome | Exception]) -> tuple[Exit, list[str]]:
    done = run([WHO, WHERE, AGE], scripted({**GOOD, **changes}), catalog=Texts())
    verdicts = judge(done, summarise(done), at_least=AT_LEAST, at_most={"errors": 0})
    return exit_code(verdicts), [str(verdict) for verdict in verdicts if not verdict.passed]


def test_a_good_run_passes() -> None:
    """All thresholds met: exit code 0 and nothing failed."""
    assert gated({}) == (Exit.PASSED, [])


def test_an_inexact_citation_fails_the_gate() -> None:
    """One citation that isn't what is stored is enough, and its case is named."""
    off = answer("London", cite("She lived in London.", start=0))
    code, failed = gated({WHERE.question: off})
    assert code == Exit.FAILED
    assert failed == ["FAIL  citations_exact 0.667 (n=3) >= 1: where"]


def test_an_answer_to_an_unanswerable_question_fails_the_gate() -> None:
    """What the documents don't say must not be answered."""
    code, failed = gated({AGE.question: answer("36", cite("She lived in London."))})
    assert code == Exit.FAILED
    assert failed == ["FAIL  abstained 0.000 (n=1) >= 0.9: age"]


def test_a_dropped_answerable_question_fails_the_gate() -> None:
    """Abstaining where the answer is there costs answered_right and citation_recall."""
    code, failed = gated({WHO.question: abstention()})
    assert code == Exit.FAILED
    assert failed == [
        "FAIL  answered_right 0.500 (n=2) >= 0.9: who",
        "FAIL  citation_recall 0.500 (n=2) >= 0.9: who",
    ]


def test_a_question_that_breaks_fails_the_gate() -> None:
    """Errors have their own threshold."""
    code, failed = gated({AGE.question: RuntimeError("boom")})
    assert code == Exit.FAILED
    assert "FAIL  errors 1.000 (n=3) <= 0: age" in failed


def test_a_system_that_always_abstains_does_not_pass() -> None:
    """Without an answer there is no citation to check: not measured is failed."""
    silent: dict[str, Outcome | Exception] = {
        q: abstention() for q in (WHO.question, WHERE.question, AGE.question)
    }
    code, failed = gated(silent)
    assert code == Exit.FAILED
    assert "FAIL  citations_exact not measured (n=0) >= 1" in failed


def test_an_unknown_figure_fails() -> None:
    """A threshold with a misspelt name is never silently met."""
    done = run([WHO], scripted(GOOD))
    verdicts = judge(done, summarise(done), at_least={"anwsered_right": 0.5}, at_most={})
    assert exit_code(verdicts) == Exit.FAILED
    assert str(verdicts[0]) == "FAIL  anwsered_right not measured (n=0) >= 0.5"


def test_no_thresholds_pass() -> None:
    """A set without thresholds only reports."""
    assert exit_code([]) == Exit.PASSED


def test_a_long_list_of_cases_is_cut_with_its_count() -> None:
    """A verdict names twelve cases and counts the rest."""
    cases = [replace(AGE, id=f"age-{n:02}") for n in range(15)]
    done = run(cases, scripted({AGE.question: answer("36", cite("London"))}))
    verdict = judge(done, summarise(done), at_least={"abstained": 0.9}, at_most={})[0]
    assert str(verdict).endswith("age-11 and 3 more")
    assert len(verdict.cases) == 15
