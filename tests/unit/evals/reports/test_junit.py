from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

from evals.gate import MIN_CASES, Exit, exit_code, judge
from evals.reports.junit import junit
from evals.run.runner import run
from evals.run.summary import summarise
from rag.types import Outcome
from tests.unit.evals.fakes import AGE, GOOD, WHERE, WHO, abstention, corpus, scripted


def report(script: Mapping[str, Outcome | Exception]) -> ElementTree.Element:
    result = run([WHO, WHERE, AGE], scripted({**GOOD, **script}), corpus=corpus())
    verdicts = judge(result, summarise(result), at_least={"answered_right": 0.9}, at_most={})
    return ElementTree.fromstring(junit("ada", result, verdicts))  # noqa: S314 (our own output)


def test_each_question_and_each_threshold_is_a_test_case() -> None:
    """The wrong case and the missed threshold are failures; the rest pass."""
    root = report({WHERE.question: abstention()})
    counts = [(s.get("name"), s.get("tests"), s.get("failures"), s.get("errors")) for s in root]
    assert counts == [("ada.cases", "3", "1", "0"), ("ada.gate", "1", "1", "0")]
    failed = root.find(".//testcase[@name='where']/failure")
    assert failed is not None
    assert "abstained" in str(failed.get("message"))
    assert "expected: London" in str(failed.text)


def test_an_exception_is_an_error_without_forbidden_characters() -> None:
    """Characters of its message that XML can't hold are replaced."""
    error = report({WHO.question: RuntimeError("bad \x00 & <byte>")}).find(".//testcase[@name='who']/error")
    assert error is not None
    assert error.get("message") == "RuntimeError: bad \ufffd & <byte>"


def test_a_good_run_has_no_failures() -> None:
    """Nor errors."""
    root = report({})
    assert root.findall(".//failure") == root.findall(".//error") == []


def test_a_failing_case_that_the_gate_allows_is_skipped() -> None:
    """A run that passes by its bounds has no failures; the case is listed with its trouble all the same."""
    cases = [replace(case, id=f"{case.id}-{n}") for case in (WHO, WHERE, AGE) for n in range(MIN_CASES)]
    result = run(cases, scripted({**GOOD, WHERE.question: abstention()}), corpus=corpus())
    verdicts = judge(result, summarise(result), at_least={"answered_right": 0.4}, at_most={})
    root = ElementTree.fromstring(junit("ada", result, verdicts))  # noqa: S314 (our own output)
    assert exit_code(verdicts) == Exit.PASSED
    assert root.findall(".//failure") == root.findall(".//error") == []
    skipped = root.findall(".//testcase/skipped")
    assert len(skipped) == MIN_CASES
    assert str(skipped[0].get("message")).startswith("fails, as the gate allows: ")
    assert "expected: London" in str(skipped[0].text)
