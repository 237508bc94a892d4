"""An answer or abstention as a Markdown message.

An answer has a mark ``[n]`` after each statement for what it cites, and ends with the list of sources,
numbered alike, so that a client that shows no annotations shows the places all the same. An abstention is
one plain sentence with links to the nearest places, a canned reply its text and the documents that it lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from api.markdown.escaping import cell, code_block, escape, link
from api.markdown.rows import common_columns, row_cells
from api.markdown.writer import Message, Writer, source_title
from rag.types import AnswerUnit, Certainty, Reason, StatementRole
from rag.wire.asking import AbstentionOut, AnswerOut, StatementOut
from rag.wire.replies import CannedReplyOut

LIKELY = "Likely, please check:"
DRAFTED = "Likely, in a language model's words, please check:"
SOURCES = "Sources:"
ABSTENTIONS = {
    Reason.NOTHING_INDEXED: "There are no documents here yet.",
    Reason.NOTHING_RELEVANT: "No document speaks of this.",
    Reason.NOT_ANSWERED_HERE: "The documents don't answer this.",
    Reason.NOT_CONFIDENT: "The documents don't answer this surely enough.",
    Reason.UNSUPPORTED: "No answer could be backed by an exact quote.",
}
_WITH_SHORT_ANSWER = {AnswerUnit.SHORT_ANSWER, AnswerUnit.YES_NO}
_OPENING = {StatementRole.HEADING, StatementRole.LEAD_IN}
_EXCERPT_CHARACTERS = 160


def message_of(answer: AnswerOut) -> Message:
    """The message; its links are the ``url`` of the citations, which should be absolute."""
    writer = Writer(answer.citations)
    if answer.reply is not None:
        _write_reply(writer, answer.reply)
    elif answer.abstention is not None:
        _write_abstention(writer, answer.abstention)
    else:
        _write_answer(writer, answer)
        _write_sources(writer)
    return writer.message()


def _write_answer(writer: Writer, answer: AnswerOut) -> None:
    opening = _opening(answer)
    if answer.unit in _WITH_SHORT_ANSWER and answer.answer and not _is_the_statement(answer):
        writer.write(f"{opening} **{escape(answer.answer)}**".lstrip())
    else:
        writer.write(opening)
    _write_statements(writer, answer.statements, numbered=answer.unit is AnswerUnit.STEPS)
    for conflict in answer.conflicts:
        _paragraph(writer, f"But elsewhere: {escape(conflict.text)}", conflict.citations)
    for line in _what_is_missing(answer):
        _paragraph(writer, line)


def _opening(answer: AnswerOut) -> str:
    """What marks an answer that a person should check; empty for one that is sure."""
    if answer.drafted:
        return DRAFTED
    return LIKELY if answer.certainty is Certainty.LIKELY else ""


def _is_the_statement(answer: AnswerOut) -> bool:
    return [statement.text for statement in answer.statements] == [answer.answer]


def _write_statements(writer: Writer, statements: Sequence[StatementOut], *, numbered: bool) -> None:
    step, marker, previous = 0, "", None
    for role, group in groupby(statements, key=lambda statement: statement.role):
        if role is StatementRole.ROW:
            _write_rows(writer, list(group))
            continue
        if role in _OPENING:
            step, marker = 0, ""  # of another list
        for statement in group:
            if role is StatementRole.ITEM:
                step += 1
                marker = f"{step}. " if numbered else "- "
                text, break_ = marker + escape(statement.text), "\n" if previous is role else "\n\n"
                _paragraph(writer, text, statement.citations, break_=break_)
            elif role is StatementRole.CODE:
                indent = " " * len(marker)
                _paragraph(writer, f"{code_block(statement.text, indent)}\n{indent}", statement.citations)
            else:
                text = escape(statement.text)
                _paragraph(
                    writer, f"**{text}**" if role is StatementRole.HEADING else text, statement.citations
                )
            previous = role


def _write_rows(writer: Writer, rows: Sequence[StatementOut]) -> None:
    """A table where the rows have the same columns, else a list of them."""
    cells = [row_cells(row.text) for row in rows]
    columns = common_columns(cells)
    if columns is None or not all(columns):
        for number, (row, parts) in enumerate(zip(rows, cells, strict=True)):
            text = "; ".join(
                (f"**{escape(name)}:** " if name else "") + escape(value) for name, value in parts
            )
            _paragraph(writer, f"- {text}", row.citations, break_="\n" if number else "\n\n")
        return
    head = (
        "".join(f"| {cell(name)} " for name in columns) + "| Source |\n" + "|---" * (len(columns) + 1) + "|"
    )
    _paragraph(writer, head)
    for row, parts in zip(rows, cells, strict=True):
        writer.write("\n" + "".join(f"| {cell(value)} " for _, value in parts) + "| ")
        writer.mark(row.citations)
        writer.write(" |")


def _paragraph(writer: Writer, text: str, citations: Sequence[int] = (), *, break_: str = "\n\n") -> None:
    """A paragraph with the marks of its citations after it."""
    space = "" if not citations or text.endswith((" ", "\n")) else " "
    writer.start_piece()
    writer.write(("" if writer.is_empty else break_) + text + space)
    writer.mark(citations)


def _what_is_missing(answer: AnswerOut) -> Iterator[str]:
    """How many items were left out, and which parts of the question weren't answered."""
    shown = sum(s.role in {StatementRole.ITEM, StatementRole.ROW} for s in answer.statements)
    if shown and answer.item_count is not None and shown < answer.item_count:
        yield f"{shown} of {answer.item_count} shown; the others are in the source."
    if answer.unanswered:
        parts = ", ".join(f"“{escape(part)}”" for part in answer.unanswered)
        yield f"Not found in the documents: {parts}"


def _write_sources(writer: Writer) -> None:
    _paragraph(writer, f"{SOURCES}\n")
    for number, citation in enumerate(writer.cited, 1):
        writer.write(f"\n{number}. {link(source_title(citation), citation.url)}")


def _write_reply(writer: Writer, reply: CannedReplyOut) -> None:
    """A canned reply, with its documents as a list of links."""
    writer.write(escape(reply.text))
    for number, document in enumerate(reply.documents):
        _paragraph(writer, f"- {link(document.title, document.url)}", break_="\n" if number else "\n\n")
    if reply.document_count is not None and len(reply.documents) < reply.document_count:
        _paragraph(writer, f"{len(reply.documents)} of {reply.document_count} shown.")


def _write_abstention(writer: Writer, abstention: AbstentionOut) -> None:
    writer.write(ABSTENTIONS[abstention.reason])
    if not abstention.nearest:
        return
    writer.write(" The nearest places:\n")
    for number, citation in enumerate(abstention.nearest, 1):
        place = link(source_title(citation), citation.url)
        writer.write(f"\n{number}. {place}: “{escape(_excerpt(citation.quote))}”")


def _excerpt(quote: str) -> str:
    """The beginning of a passage, whole words of it.

    >>> _excerpt("word " * 100)[-8:]
    'd word …'
    """
    text = " ".join(quote.split())
    if len(text) <= _EXCERPT_CHARACTERS:
        return text
    return text[:_EXCERPT_CHARACTERS].rpartition(" ")[0] + " …"
