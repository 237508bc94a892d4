"""Which cases a change of documents can have touched, so that only those are asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.cases.case import Case
from evals.run.saved_results import Results
from evals.run.target import Search

DEPTH = 10  # passages of a question among which a changed document counts as near


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The cases to ask, and why: ``documents`` are the addresses that differ, or ``why`` all are."""

    cases: tuple[Case, ...]
    documents: tuple[str, ...]
    why: str = ""


def touched(
    cases: Sequence[Case],
    baseline: Results,
    *,
    versions: Mapping[str, str],
    models: Mapping[str, str],
    search: Search,
) -> Touched:
    """Cases that cited a document which changed or is gone, that a changed or new one comes near to, or
    that the baseline doesn't know. Other models touch every case.

    Args:
        versions: the documents' versions now, by address.
        models: the models now; an entry that the baseline doesn't have tells nothing.
        search: finds the documents near to a question.
    """
    differing = {name for name, what in models.items() if baseline.models.get(name, what) != what}
    differs = tuple(
        sorted(
            uri
            for uri in versions.keys() | baseline.documents.keys()
            if versions.get(uri) != baseline.documents.get(uri)
        )
    )
    if differing:
        return Touched(cases=tuple(cases), documents=differs, why=f"another {', '.join(sorted(differing))}")
    known = {case.id: set(case.documents) for case in baseline.cases}
    here = set(differs)
    now = here & versions.keys()
    kept = [
        case
        for case in cases
        if case.id not in known
        or known[case.id] & here
        or (now and now & set(search(case.as_question(), DEPTH)))
    ]
    return Touched(cases=tuple(kept), documents=differs)
