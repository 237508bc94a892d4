"""The one table of errors."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import ingest
from api import problems
from rag import errors


def _tree(cls: type[errors.SaywhereError]) -> set[type[errors.SaywhereError]]:
    return {cls}.union(*(_tree(sub) for sub in cls.__subclasses__()))


def test_every_error_of_ours_is_in_the_table() -> None:
    """A new SaywhereError without a status fails here; so does one that only falls back on a parent."""
    for module in walk_packages(ingest.__path__, "ingest."):
        import_module(module.name)
    ours = {c for c in _tree(errors.SaywhereError) if c.__module__.partition(".")[0] in {"rag", "ingest"}}
    assert ours - {errors.SaywhereError} == set(problems.TABLE)


def test_an_error_nobody_meant_is_unexpected() -> None:
    """Whatever isn't ours is a 500 of one kind."""
    assert problems.kind_of(KeyError) is problems.UNEXPECTED
    assert problems.kind_of(errors.SaywhereError) is problems.UNEXPECTED


def test_a_later_subclass_takes_its_parents_kind() -> None:
    """Until the table knows it, an error is answered as the nearest one it is."""

    class Wider(errors.IndexUnavailable):
        pass

    kind = problems.kind_of(Wider)
    del Wider
    assert kind is problems.TABLE[errors.IndexUnavailable]


@pytest.mark.parametrize("kind", problems.kinds().values(), ids=lambda kind: kind.slug)
def test_a_servers_own_fault_keeps_its_insides(kind: problems.Kind) -> None:
    """Only a 5xx that asks for patience tells its message; every kind names one status and a title."""
    assert 400 <= kind.status < 600
    assert kind.title
    assert kind.status < 500 or not kind.tells or kind.slug in {"busy", "deadline"}


def test_one_slug_is_one_kind() -> None:
    """No two kinds share an address."""
    every = [problems.UNEXPECTED, problems.INVALID_REQUEST, *set(problems.TABLE.values())]
    assert len({kind.slug for kind in every}) == len(every)


def test_status_codes_stand_in_one_place() -> None:
    """No other module of the package imports a status or maps an error of ours."""
    for file in Path(problems.__file__).parent.rglob("*.py"):
        if file.name not in {"problems.py", "app.py"}:
            assert "add_exception_handler" not in file.read_text(encoding="utf-8")
            assert "HTTPStatus" not in file.read_text(encoding="utf-8")
