"""``saywhere gaps``: prints what was asked and not answered, and makes gaps evaluation cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.cli.commands.terminal import one_line, wrap
from api.gap_cases import add_case
from api.schemas.convert import gap_out, usage_out
from api.schemas.question_log import GapList, GapOut, UsageOut
from evals.cases.add import ExpectedAnswer
from rag.errors import DataFolderLocked, SaywhereError
from rag.ports.catalog import Catalog
from rag.question_log.asking_again import ask_outdated_again
from rag.question_log.gaps import find_gap, find_gaps
from rag.question_log.usage import usage_of
from rag.settings import Settings, load
from rag.wiring import open_catalog, open_embedder, open_question_log, open_service

_SHOWN_WORDINGS = 3


class UnknownGap(SaywhereError):
    """No gap has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which gaps are printed: of one collection, or of all; with closed ones; at most ``number``."""

    collection: str | None = None
    closed: bool = False
    number: int = 20


def run(*, data: Path | None, selection: Selection, as_json: bool) -> None:
    """Prints the gaps. While no server runs, open questions are asked again where documents have changed.

    Raises:
        StorageError: the folder was never served from, or can't be read.
    """
    settings = load(data=data)
    _ask_again(settings)
    with closing(open_catalog(settings)) as catalog:
        listing = _gaps(settings, catalog, selection)
    if as_json:
        print(listing.model_dump_json(indent=2))
        return
    print("\n\n".join("\n".join(_lines(gap)) for gap in listing.gaps) or "No question was left unanswered.")
    if not listing.enabled:
        print("\nQuestions aren't logged now: SAYWHERE_QUESTION_LOG__ENABLED=true logs those that are asked.")


def show_usage(*, data: Path | None, collection: str, as_json: bool) -> None:
    """Prints what is asked of a collection most, what readers disliked, and what was never cited.

    Raises:
        StorageError: as ``run``.
    """
    settings = load(data=data)
    with closing(open_question_log(settings)) as log, closing(open_catalog(settings)) as catalog:
        usage = usage_of(log.list(collection), catalog.list(collection), open_embedder(settings))
    printed = usage_out(usage, collection, settings.question_log)
    print(printed.model_dump_json(indent=2) if as_json else "\n".join(_usage_lines(printed)))


def make_case(gap_id: str, file: Path, expected: ExpectedAnswer, *, data: Path | None) -> None:
    """Adds a gap to a file of cases, and prints the case's id.

    Raises:
        UnknownGap: there is no such gap.
        DatasetError: it isn't a file of cases, or what is expected fits none.
    """
    settings = load(data=data)
    with closing(open_question_log(settings)) as log:
        gap = find_gap(find_gaps(log.list(), open_embedder(settings), now=datetime.now(UTC)), gap_id)
    if gap is None:
        raise UnknownGap(f"there is no gap {gap_id!r}: `saywhere gaps` lists them")
    row, added = add_case(file, gap, expected)
    state = "added" if added else "is a case already"
    print(f"{row['id']}: {'a draft, say what would be right' if added and row['draft'] else state}")


def _ask_again(settings: Settings) -> None:
    with closing(open_question_log(settings)) as log, closing(open_catalog(settings)) as catalog:
        is_current = not log.outdated(catalog.generation(), limit=1)
    if is_current:
        return
    try:
        with open_service(settings) as service:
            generation = service.catalog.generation()
            ask_outdated_again(service.question_log, service.engine.ask, generation=generation)
    except DataFolderLocked:
        return  # the server that runs asks them again


def _gaps(settings: Settings, catalog: Catalog, selection: Selection) -> GapList:
    with closing(open_question_log(settings)) as log:
        entries = log.list(selection.collection)
    gaps = find_gaps(entries, open_embedder(settings), now=datetime.now(UTC))
    shown = [gap for gap in gaps if gap.is_open or selection.closed][: selection.number]
    logged = settings.question_log
    return GapList(enabled=logged.enabled, days=logged.days, gaps=[gap_out(gap, catalog) for gap in shown])


def _lines(gap: GapOut) -> Iterator[str]:
    yield wrap(gap.question)
    state = f", answered since {gap.closed_at[:10]}" if gap.closed_at else ""
    trend = f"{gap.by_week[-1]} in the last week, {gap.by_week[-2]} in the one before"
    yield wrap(f"{gap.id}, {gap.collection}: {gap.count} times, {trend}{state}", "  ")
    for wording in gap.wordings[1 : 1 + _SHOWN_WORDINGS]:
        yield wrap(f"also “{wording.question}” ({wording.count})", "  ")
    for citation in gap.closest[:1]:
        place = f"{one_line(citation.uri)} {citation.start}-{citation.end}"
        yield wrap(f"closest: “{one_line(citation.quote)[:160]}” ({place})", "  ")


def _usage_lines(usage: UsageOut) -> Iterator[str]:
    yield f"{usage.asked} questions asked of {one_line(usage.collection)}, {usage.answered} answered"
    for title, questions in (("Most asked", usage.most_asked), ("Most disliked", usage.most_disliked)):
        yield f"\n{title}:"
        for asked in questions:
            figures = f"{asked.answered} answered, {asked.unhelpful} disliked"
            yield wrap(f"{asked.count:4}  {asked.question} ({figures})", "  ", "        ")
    yield f"\nNever cited: {usage.never_cited_total} documents"
    yield from (f"  {one_line(document.uri)}" for document in usage.never_cited)
