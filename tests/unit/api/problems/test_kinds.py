"""The kinds of problems, and which error becomes which."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import api
import ingest
from api import errors as http_errors
from api.problems import kinds
from ingest.sources.contract import SourceUnavailable
from rag import errors


def _subclasses(cls: type[Exception]) -> set[type[Exception]]:
    return set(cls.__subclasses__()).union(*(_subclasses(sub) for sub in cls.__subclasses__()))


def test_every_error_of_the_core_is_in_the_table() -> None:
    """A new SaywhereError without an entry of its own fails here, also one that inherits its parent's."""
    for module in walk_packages(ingest.__path__, "ingest."):
        import_module(module.name)
    core = {
        c for c in _subclasses(errors.SaywhereError) if c.__module__.partition(".")[0] in {"rag", "ingest"}
    }
    assert core - {SourceUnavailable} == set(kinds.BY_ERROR)  # a sync reports that one, and nothing raises it


def test_every_denial_of_access_has_a_kind() -> None:
    """A new AccessDenied without an entry of its own fails here."""
    slugs = {kinds.kind_of(denial).slug for denial in _subclasses(http_errors.AccessDenied)}
    assert len(slugs) == len(_subclasses(http_errors.AccessDenied))
    assert kinds.UNEXPECTED.slug not in slugs


def test_other_exceptions_are_unexpected() -> None:
    """An exception that no table names is a 500 of one kind."""
    assert kinds.kind_of(KeyError) is kinds.UNEXPECTED
    assert kinds.kind_of(errors.SaywhereError) is kinds.UNEXPECTED


def test_a_subclass_without_an_entry_has_its_parents_kind() -> None:
    """Its nearest parent in the table decides."""

    class Wider(errors.IndexUnavailable):
        pass

    kind = kinds.kind_of(Wider)
    del Wider
    assert kind is kinds.BY_ERROR[errors.IndexUnavailable]


@pytest.mark.parametrize("kind", kinds.kinds().values(), ids=lambda kind: kind.slug)
def test_server_errors_expose_no_message(kind: kinds.ProblemKind) -> None:
    """Of the 5xx only busy and deadline send the exception's message; every kind has a status and a title."""
    assert 400 <= kind.status < 600
    assert kind.title
    assert kind.status < 500 or not kind.exposes_message or kind.slug in {"busy", "deadline"}


def test_slugs_are_unique() -> None:
    """No two kinds share an address."""
    every = [kinds.UNEXPECTED, kinds.INVALID_REQUEST, *set(kinds.BY_ERROR.values())]
    assert len({kind.slug for kind in every}) == len(every)


def test_errors_are_mapped_in_one_place() -> None:
    """No module outside ``api/problems`` uses HTTPStatus or, but for ``app.py``, registers a handler."""
    package = Path(api.__file__).parent
    for file in package.rglob("*.py"):
        if file.parent.name != "problems":
            text = file.read_text(encoding="utf-8")
            assert "HTTPStatus" not in text
            assert "add_exception_handler" not in text or file.name == "app.py"
