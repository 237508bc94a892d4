"""An answer or abstention as plain text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from api.cli.commands.terminal import code_lines, format_citations, format_source, one_line, wrap
from rag.types import (
    Abstention,
    Answer,
    AnswerUnit,
    CannedReply,
    Certainty,
    Outcome,
    Reason,
    Statement,
    StatementRole,
)

NOTHING_INDEXED = "There are no documents yet: `saywhere ingest PATH` reads some."
NOTHING_RELEVANT = "No document speaks of this."
_REASONS = {
    Reason.NOTHING_INDEXED: NOTHING_INDEXED,
    Reason.NOTHING_RELEVANT: NOTHING_RELEVANT,
    Reason.NOT_ANSWERED_HERE: "The documents don't answer this.",
    Reason.NOT_CONFIDENT: "The documents don't answer this surely enough.",
    Reason.UNSUPPORTED: "No answer could be backed by an exact quote.",
}
_NUMBER = re.compile(r"\(?(\d{1,3})[.)]\s")
_WITH_SHORT_ANSWER = {AnswerUnit.SHORT_ANSWER, AnswerUnit.YES_NO}


def format_outcome(outcome: Outcome) -> str:
    """An answer, abstention or canned reply as plain text; first what was asked, where that was completed."""
    text = _format_answer(outcome) if isinstance(outcome, Answer) else _format_abstention(outcome)
    return f"{wrap(f'Asked as: {outcome.asked_as}')}\n\n{text}" if outcome.asked_as else text


def _format_answer(answer: Answer) -> str:
    conflicts = [wrap(f"But elsewhere: {c.text} {_numbers(c.citations)}") for c in answer.conflicts]
    parts = [_format_statements(answer), *conflicts, *_what_is_missing(answer)]
    confidence = _confidence(answer)
    mark = _mark(answer)
    if answer.unit in _WITH_SHORT_ANSWER:
        text = f"{mark}: {answer.text}" if mark else answer.text
        return "\n\n".join((f"{wrap(text)}\n({confidence})", *parts, format_citations(answer.citations)))
    opening = f"{mark} ({confidence}):" if mark else ""
    closing = "" if mark else f"({confidence})"
    sources = format_citations(answer.citations, shown=_shown_citations(answer))
    return "\n\n".join(filter(None, (opening, *parts, closing, sources)))


def _mark(answer: Answer) -> str:
    """What marks an answer that a person should check; empty for one that is sure."""
    if answer.is_drafted:
        return "Likely, in a language model's words, please check"
    return "Likely, please check" if answer.certainty is Certainty.LIKELY else ""


def _confidence(answer: Answer) -> str:
    if answer.short_answer_confidence is None:
        return f"confidence {answer.confidence:.0%}"
    return f"confidence {answer.short_answer_confidence:.0%}, of the evidence {answer.confidence:.0%}"


def _shown_citations(answer: Answer) -> frozenset[int]:
    """The citations whose quotes the statements show already: word by word, or a row's."""
    return frozenset(
        index
        for statement in answer.statements
        for index in statement.citations
        if statement.role is StatementRole.ROW
        or one_line(answer.citations[index].quote).endswith(one_line(statement.text))
    )


def _format_statements(answer: Answer) -> str:
    """The statements, each with its citations' numbers: items close together, all others apart."""
    text, previous = "", None
    for statement, marker in zip(answer.statements, _item_markers(answer), strict=True):
        close = statement.role is StatementRole.ITEM and previous is StatementRole.ITEM
        text += ("" if not text else "\n" if close else "\n\n") + _format_statement(statement, marker)
        previous = statement.role
    return text


def _item_markers(answer: Answer) -> Iterator[str]:
    """What stands before each statement if it is an item: its number, or a bullet.

    The number is the one that the document gives it, else its place among the steps, which begin anew under
    a heading or a lead-in.
    """
    last = 0
    for statement in answer.statements:
        if statement.role in {StatementRole.HEADING, StatementRole.LEAD_IN}:
            last = 0
        written = _NUMBER.match(answer.citations[statement.citations[0]].quote)
        if statement.role is StatementRole.ITEM and (written or answer.unit is AnswerUnit.STEPS):
            last = int(written[1]) if written else last + 1
            yield f"{last}. "
        else:
            yield "- "


def _format_statement(statement: Statement, marker: str) -> str:
    numbers = _numbers(statement.citations)
    if statement.role is StatementRole.ITEM:
        return wrap(f"{statement.text} {numbers}", marker, " " * len(marker))
    if statement.role is StatementRole.ROW:
        return "\n".join(wrap(line, "  ", "    ") for line in (*_row_lines(statement.text), numbers))
    if statement.role is StatementRole.CODE:
        return "\n".join((*code_lines(statement.text, "    "), f"    {numbers}"))
    return wrap(f"{statement.text} {numbers}")


def _row_lines(text: str) -> list[str]:
    """A line for each "column: cell"; a part of a cell that has a semicolon stays in its line.

    >>> _row_lines("Room: 7; Opens: at nine; on Mondays at ten")
    ['Room: 7', 'Opens: at nine; on Mondays at ten']
    """
    lines: list[str] = []
    for part in text.split("; "):
        if ": " in part or not lines:
            lines.append(part)
        else:
            lines[-1] += f"; {part}"
    return lines


def _what_is_missing(answer: Answer) -> Iterator[str]:
    """How many items were left out, and which parts of the question weren't answered."""
    shown = [s for s in answer.statements if s.role in {StatementRole.ITEM, StatementRole.ROW}]
    if shown and answer.item_count is not None and len(shown) < answer.item_count:
        source = format_source(answer.citations[shown[-1].citations[0]])
        yield wrap(f"{len(shown)} of {answer.item_count} shown; the others are in {source}.")
    if answer.unanswered:
        parts = ", ".join(f"“{part}”" for part in answer.unanswered)
        yield wrap(f"Not found in the documents: {parts}")


def _format_abstention(abstention: Abstention) -> str:
    if abstention.reply is not None:
        return _format_reply(abstention.reply)
    parts = [_REASONS[abstention.reason]]
    if abstention.nearest:
        parts += ["What they do say, nearest first:", format_citations(abstention.nearest)]
    return "\n\n".join(parts)


def _format_reply(reply: CannedReply) -> str:
    lines = [wrap(reply.text), *(wrap(f"{one.title} ({one.uri})", "- ", "  ") for one in reply.documents)]
    if reply.document_count is not None and len(reply.documents) < reply.document_count:
        lines.append(f"{len(reply.documents)} of {reply.document_count} shown.")
    return "\n".join(lines)


def _numbers(citations: Sequence[int]) -> str:
    return "".join(f"[{index + 1}]" for index in citations)
