"""pytest plugin: each case of a set is a test, beside a project's own.

``pytest --saywhere cases.jsonl``, or in the project's settings::

    [tool.pytest.ini_options]
    saywhere = ["docs/cases.jsonl"]

A case that fails in the set's baseline is an expected failure, a draft is skipped. Where no set is named, the
plugin does nothing and imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evals.cases.case import Case
    from evals.datasets.load import Dataset
    from evals.run.runner import Record
    from evals.run.target import Target
    from rag.explanation.corpus import Corpus

_OPEN = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("saywhere")
    help_text = "a set of questions with known answers; each is a test"
    group.addoption("--saywhere", action="append", default=[], metavar="DATASET", help=help_text)
    group.addoption("--saywhere-url", metavar="URL", help="ask a running service")
    group.addoption("--saywhere-data", metavar="DIR", type=Path, help="ask what is ingested there")
    parser.addini("saywhere", "sets of questions with known answers", type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Makes the stack of opened services, which are closed at the end."""
    config.stash[_OPEN] = ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Closes the services."""
    config.stash[_OPEN].close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Adds a test for each case. A set that can't be read ends the run with one line."""
    names = list(dict.fromkeys([*config.getini("saywhere"), *config.getoption("--saywhere")]))
    if not names:
        return
    from rag.errors import SaywhereError

    for name in names:
        try:
            items.extend(CaseSet.from_parent(session, name=f"saywhere:{name}", dataset=name).collect())
        except SaywhereError as error:
            raise pytest.UsageError(str(error)) from None


class CaseSet(pytest.Collector):
    """One set. Its service is opened when the first of its cases is asked."""

    def __init__(self, *, dataset: str, **more: Any) -> None:
        super().__init__(**more)
        from evals.datasets.load import load

        self._dataset: Dataset = load(dataset)

    def collect(self) -> Iterator[pytest.Item]:
        for case in (*self._dataset.cases, *self._dataset.drafts):
            yield CaseItem.from_parent(self, name=case.id, case=case)

    def judge(self, case: Case) -> Record:
        """The record of one case, which is asked now."""
        from evals.run.runner import run

        return run([case], self._target.ask, corpus=self._corpus).records[0]

    @cached_property
    def known_failures(self) -> frozenset[str]:
        """The ids of the cases that fail in the baseline."""
        from evals.run.saved_results import baseline_path, load_run

        path = baseline_path(self._dataset.path) if self._dataset.path else None
        if path is None or not path.is_file():
            return frozenset()
        return frozenset(case.id for case in load_run(path).cases if not case.passed)

    @cached_property
    def _target(self) -> Target:
        from evals.run.target import by_url, in_process
        from rag.settings import load as settings

        url, data = self.config.getoption("--saywhere-url"), self.config.getoption("--saywhere-data")
        opened = by_url(url) if url else in_process(self._dataset, settings(), data)
        target: Target = self.config.stash[_OPEN].enter_context(opened)
        return target

    @cached_property
    def _corpus(self) -> Corpus:
        from rag.explanation.corpus import Corpus

        return Corpus(self._target.store)


class CaseFailed(AssertionError):
    """A case failed; the message says what was expected, what came, and at which stage it was lost."""


class CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self._case = case

    def runtest(self) -> None:
        if self._case.draft:
            pytest.skip("a draft: a person has to look at it first")
        assert isinstance(self.parent, CaseSet)  # noqa: S101 (only a set makes these)
        record = self.parent.judge(self._case)
        if record.failure and self._case.id in self.parent.known_failures:
            pytest.xfail("known to fail: it does so in the baseline")
        if record.failure:
            raise CaseFailed(_message(record))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The failure's message in place of a traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.parent.name if self.parent else ''}: {self.name}"


def _message(record: Record) -> str:
    from evals.reports.labels import STAGES, expected_label, outcome_label

    lines = [
        f"question: {record.case.question}",
        f"expected: {expected_label(record)}",
        f"got:      {outcome_label(record)}",
        f"trouble:  {record.failure}",
    ]
    if record.diagnosis is not None:
        lines.append(f"lost at:  {STAGES[record.diagnosis.stage]}: {record.diagnosis.why}")
    return "\n".join(lines)
