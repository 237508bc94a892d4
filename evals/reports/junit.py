"""A run as JUnit XML, which continuous integration servers show: a test case a question.

Form: the common subset of https://github.com/testmoapp/junitxml. Two suites: ``cases`` (a case that fails
the gate is a failure, or an error where asking it raised one; a failing case that the gate allows is skipped,
with its reason) and ``gate`` (a test case a verdict). So a run that passes has no failures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evals.gate import Verdict, is_tolerated
from evals.reports.labels import FORMS, STAGES, VERDICTS, expected_label, outcome_label
from evals.run.runner import Record, Run

# XML 1.0 can't hold these characters, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(name: str, run: Run, verdicts: Sequence[Verdict], *, times: bool = True) -> str:
    """The XML text, with declaration. Without ``times`` the same run gives the same bytes."""
    root = Element("testsuites", name=_clean(f"saywhere eval {name}"))
    cases = SubElement(root, "testsuite", name=_clean(f"{name}.cases"))
    for record in run.records:
        _case(cases, name, record, tolerated=is_tolerated(record, verdicts), times=times)
    gate = SubElement(root, "testsuite", name=_clean(f"{name}.gate"))
    for verdict in verdicts:
        case = SubElement(gate, "testcase", classname=_clean(f"{name}.gate"), name=_clean(verdict.name))
        if not verdict.passed:
            SubElement(case, "failure", message=_clean(str(verdict)))
    for suite in (cases, gate):
        _count(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(suite: Element, name: str, record: Record, *, tolerated: bool, times: bool) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=_clean(f"{name}.{'answerable' if record.case.answerable else record.case.kind}"),
        name=_clean(record.case.id),
    )
    if times:
        case.set("time", f"{record.ms / 1e3:.6f}")
    if record.failure:
        kind = "error" if record.error else "failure"
        note = "fails, as the gate allows: " if tolerated else ""
        outcome = SubElement(case, "skipped" if tolerated else kind, message=_clean(note + record.failure))
        outcome.text = _clean(
            f"question: {record.case.question}\nexpected: {expected_label(record)}\n"
            f"got: {outcome_label(record)}"
            f"{_form(record)}{_stage(record)}"
        )


def _form(record: Record) -> str:
    if record.case.form is None or record.scores.verdict is None:
        return ""
    return f"\nform: {FORMS[record.case.form]}, {VERDICTS[record.scores.verdict]}"


def _stage(record: Record) -> str:
    diagnosis = record.diagnosis
    if diagnosis is None:
        return ""
    return f"\nlost at: {diagnosis.stage} ({STAGES[diagnosis.stage]}): {diagnosis.why}"


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
