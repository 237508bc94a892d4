"""Pages of questions: FAQs, whose questions are answered below them, and lists of questions without answers.

Of real questions, or about synthetic records. A question that is only listed is not answered there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from evals.train.data.examples import Example
from evals.train.synthetic.prose import ProseSource, answer_sentence, as_sentence
from evals.train.synthetic.records import remarks
from evals.train.synthetic.rendering import build_document, page_example
from evals.train.synthetic.tables import Cell, Table
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.types import Document, Span

_AS_HEADING = "#"
# Prefixes of a question and of its answer.
_FORMS = (("", ""), ("Q: ", "A: "), (_AS_HEADING, ""), (_AS_HEADING, ""))
_LIST_TITLES = ("Contents", "Open questions:", "Questions we still have", "On this page")


def faq(rng: random.Random, prose: ProseSource) -> Example | None:
    """Real questions of one article, each with its answer's sentence; one is asked in any of its wordings."""
    questions = prose.of_one_article(rng, rng.randint(2, 4))
    if questions is None:
        return None
    flow = Flow(DocumentWriter())
    if rng.random() < 0.3:
        for question in questions:
            flow.item(f"- {question.question}", None, tight=True)
    chosen, answer = rng.choice(questions), None
    form = rng.choice(_FORMS)
    for question in questions:
        sentence = answer_sentence(question)
        written = _write_question(flow, form, question.question, sentence.slice(question.context))
        if question is chosen and question.answer:
            answer = question.answer.shift(written.start - sentence.start)
    wording = rng.choice(prose.same_answer(chosen)).question
    return page_example(build_document(flow), wording, answer, rng)


def record_faq(rng: random.Random, prose: ProseSource) -> Example | None:
    """Questions about records with their answers; one of them is asked in other words."""
    page = _record_faq_page(rng, prose)
    if page is None:
        return None
    table, document, spans = page
    row, column = rng.choice(list(spans))
    question = table.question(column, table.rows[row][0], rng, table.value(row, column))
    return page_example(document, question, spans[row, column], rng, overlapping=list(spans.values()))


def record_faq_unanswered(rng: random.Random, prose: ProseSource) -> Example | None:
    """Questions about records with their answers; the question is about a neighbouring cell."""
    page = _record_faq_page(rng, prose)
    if page is None:
        return None
    table, document, spans = page
    neighbours = table.neighbours(spans)
    if not neighbours:
        return None
    row, column = rng.choice(neighbours)
    value = table.value(row, column)
    if value.casefold() in document.text.casefold():
        return None
    question = table.question(column, table.rows[row][0], rng, value)
    return page_example(document, question, None, rng, overlapping=list(spans.values()))


def question_list(rng: random.Random, prose: ProseSource) -> Example | None:
    """A list of real questions without answers; one of them is asked."""
    questions = prose.of_one_article(rng, rng.randint(4, 9))
    if questions is None:
        return None
    wordings = [question.question for question in questions]
    return _list_example(wordings, rng.choice(questions).question, rng, prose)


def record_question_list(rng: random.Random, prose: ProseSource) -> Example | None:
    """A list of questions about records without answers; one of them is asked in other words."""
    table = Table.sample(rng)
    questions = table.sample_questions(rng, least=3, most=8)
    if not questions:
        return None
    row, column = rng.choice(list(questions))
    wording = table.question(column, table.rows[row][0], rng, table.value(row, column))
    return _list_example(list(questions.values()), wording, rng, prose)


def _record_faq_page(
    rng: random.Random, prose: ProseSource
) -> tuple[Table, Document, dict[Cell, Span]] | None:
    """Questions about some cells of a table with their answers, and the answers' spans."""
    table = Table.sample(rng)
    questions = table.sample_questions(rng)
    if not questions:
        return None
    flow, form = Flow(DocumentWriter()), rng.choice(_FORMS)
    if rng.random() < 0.3:
        flow.paragraph(prose.paragraph(rng))
    spans = {}
    for (row, column), question in questions.items():
        before = f"{_remark(rng)} " if rng.random() < 0.2 else ""
        after = f" {_remark(rng)}" if rng.random() < 0.5 else ""
        value = table.value(row, column)
        written = _write_question(flow, form, question, before + as_sentence(value) + after)
        start = written.start + len(before)
        spans[row, column] = Span(start, start + len(value))
    return table, build_document(flow), spans


def _list_example(
    listed: Sequence[str], question: str, rng: random.Random, prose: ProseSource
) -> Example | None:
    flow = Flow(DocumentWriter())
    if rng.random() < 0.4:
        flow.paragraph(prose.paragraph(rng))
    flow.paragraph(rng.choice(_LIST_TITLES))
    numbered = rng.random() < 0.4
    for number, item in enumerate(listed, 1):
        flow.item(f"{number}. {item}" if numbered else f"- {item}", None, tight=True)
    return page_example(build_document(flow), question, None, rng)


def _write_question(flow: Flow, form: tuple[str, str], question: str, answer: str) -> Span:
    """Writes a question and its answer; returns the answer's span."""
    before_question, before_answer = form
    if before_question == _AS_HEADING:
        flow.heading(question, 2)
    else:
        flow.paragraph(before_question + question)
    span = flow.paragraph(before_answer + answer)
    return Span(span.start + len(before_answer), span.end)


def _remark(rng: random.Random) -> str:
    return as_sentence(rng.choice(list(remarks())))
