"""Demotion of candidates that are about another year or version than the question names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.question.years import agrees_on_version, named_versions, named_years
from rag.types import Candidate

# In fused scores (sums of z-scores). Of 171 training questions that name a year or a version the evidence is
# among the first five for 0.760 at 0, 0.795 at 1, 0.825 at 2, 0.778 where they come last.
_PENALTY = 2.0


def demote_other_versions(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, best first, those lower whose title, headings or address name another version.

    Only where another candidate names the right one. Equal scores keep their order.
    """
    if not named_years(question) and not named_versions(question):
        return list(candidates)
    agreeing = [agrees_on_version(question, naming(candidate)) for candidate in candidates]
    if True not in agreeing:
        return list(candidates)
    demoted = [
        _lowered(candidate) if agrees is False else candidate
        for candidate, agrees in zip(candidates, agreeing, strict=True)
    ]
    return sorted(demoted, key=lambda candidate: -candidate.scores.fused)


def naming(candidate: Candidate) -> str:
    """What tells the version of a candidate: title, headings and address, a line each."""
    document, passage = candidate.document, candidate.passage
    return "\n".join((*document.headings_at(passage.span.start), document.uri))


def _lowered(candidate: Candidate) -> Candidate:
    scores = replace(candidate.scores, fused=candidate.scores.fused - _PENALTY)
    return replace(candidate, scores=scores)
