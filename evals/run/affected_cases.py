"""Which cases a change of documents can affect, so that only those are asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.cases.case import Case
from evals.run.saved_results import SavedRun
from evals.run.target import Search

DEPTH = 10  # passages retrieved for a question; a changed document among them affects it


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedCases:
    """The cases to ask again, and the addresses of the documents that differ.

    ``reason`` is set where something else than documents differs, so that every case is affected.
    """

    cases: tuple[Case, ...]
    documents: tuple[str, ...]
    reason: str = ""


def find_affected(
    cases: Sequence[Case],
    baseline: SavedRun,
    *,
    versions: Mapping[str, str],
    models: Mapping[str, str],
    search: Search,
) -> AffectedCases:
    """Cases that a difference from the baseline can affect.

    These are the cases that cited a document which changed or was removed, that retrieve one which changed or
    is new, or that the baseline doesn't have. Other models affect every case.

    Args:
        versions: the documents' versions now, by address.
        models: the models now; those that the baseline doesn't name are not compared.
        search: the addresses of the documents retrieved for a question.
    """
    changed = {
        uri
        for uri in versions.keys() | baseline.documents.keys()
        if versions.get(uri) != baseline.documents.get(uri)
    }
    documents = tuple(sorted(changed))
    models_changed = {name for name, model in models.items() if baseline.models.get(name, model) != model}
    if models_changed:
        reason = f"another {', '.join(sorted(models_changed))}"
        return AffectedCases(cases=tuple(cases), documents=documents, reason=reason)
    cited = {case.id: set(case.documents) for case in baseline.cases}
    retrievable = changed & versions.keys()

    def is_affected(case: Case) -> bool:
        if case.id not in cited or cited[case.id] & changed:
            return True
        return bool(retrievable and retrievable & set(search(case.as_question(), DEPTH)))

    return AffectedCases(cases=tuple(case for case in cases if is_affected(case)), documents=documents)
