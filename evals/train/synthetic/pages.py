"""Examples of the pages that teams write: tables, records, lists of questions, e-mails, prose.

The published sets are paragraphs of prose. A handbook's facts stand in tables as often, and a reader that
never saw one takes the row beside, or nothing. Here pages are invented (``tables.py``), written and cut as
the service does it (``ingest``), and shown as it shows them (``rag.view``). A question is about one cell,
about a row or a column that isn't there, or about an empty cell. Lists of questions, with what answers each
or without, are of SQuAD's questions and texts, or ask about records in other words: a question that only
stands there is not answered. E-mails have SQuAD's texts. Texts in prose are those of ``texts.py``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evals.train.data.examples import Example, Row, sentence_spans
from evals.train.synthetic import texts
from evals.train.synthetic.records import date, mail, person, remarks, value
from evals.train.synthetic.rendering import document_of, example_of
from evals.train.synthetic.tables import BLANKS, Table, said
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.reading.table_rows import split_cells
from rag.types import BlockKind, Span

# Parts of their sum.
SHARES: Mapping[str, float] = {
    "cell": 38,
    "key": 9,
    "no row": 8,
    "no column": 8,
    "empty": 4,
    "record": 6,
    "not of the record": 3,
    "answered question": 4,
    "listed question": 2,
    "told question": 7,
    "untold question": 4,
    "open question": 3,
    "mail": 3,
    "not in the mail": 1,
    "text": 42,
    "left out of the text": 11,
    "untold in the text": 8,
    "text of another": 6,
}
_TRIES = 50
# What a question begins with, and what answers it.
_AS_HEADING = "#"
_FORMS = (("", ""), ("Q: ", "A: "), (_AS_HEADING, ""), (_AS_HEADING, ""))


class Pages:
    """Draws examples; ``rows`` (SQuAD's) give the prose, the questions listed and the mails' texts.

    >>> examples = Pages(rows, seed=7).draw(1_000)  # doctest: +SKIP
    """

    def __init__(self, rows: Sequence[Row], *, seed: int) -> None:
        self._seed = seed
        self._rows = [row for row in rows if row.answer is not None]
        self._texts: dict[str, list[Row]] = defaultdict(list)
        self._articles: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows:
            self._texts[row.context].append(row)
            self._articles[row.article].append(row)

    def draw(self, count: int) -> list[Example]:
        """``count`` examples, the same for the same seed.

        Raises:
            ValueError: there are no rows with answers, or too few to make a kind of page of.
        """
        if not self._rows:
            raise ValueError("pages need rows with answers for their prose")
        rng = random.Random(f"{self._seed} pages")  # noqa: S311 (reproducible, not secret)
        makers = self._makers()
        names = rng.choices(list(SHARES), list(SHARES.values()), k=count)
        return [next(example for example in _again(makers[name], rng) if example) for name in names]

    def _makers(self) -> dict[str, Callable[[random.Random], Example | None]]:
        return {
            "cell": self._cell,
            "key": self._key,
            "no row": self._no_row,
            "no column": self._no_column,
            "empty": self._empty,
            "record": lambda rng: self._record(rng, there=True),
            "not of the record": lambda rng: self._record(rng, there=False),
            "answered question": self._answered,
            "listed question": self._listed,
            "told question": lambda rng: self._told(rng, there=True),
            "untold question": lambda rng: self._told(rng, there=False),
            "open question": self._open,
            "mail": lambda rng: self._mail(rng, there=True),
            "not in the mail": lambda rng: self._mail(rng, there=False),
            "text": lambda rng: texts.told(rng, self._prose),
            "left out of the text": lambda rng: texts.left_out(rng, self._prose),
            "untold in the text": lambda rng: texts.untold(rng, self._prose),
            "text of another": lambda rng: texts.of_another(rng, self._prose),
        }

    def _cell(self, rng: random.Random) -> Example | None:
        table = Table.draw(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        if not said(table.rows[row][column + 1]):
            return None
        about = table.called(row, column, rng)
        asked = table.asked(column, about, rng, table.rows[row][column + 1])
        return self._shown(table, asked, (row, column + 1), rng)

    def _key(self, rng: random.Random) -> Example | None:
        table = Table.draw(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        cells = [cells[column + 1] for cells in table.rows]
        tells = table.columns[column].tells
        if not tells or not said(cells[row]) or cells.count(cells[row]) > 1:
            return None
        return self._shown(table, rng.choice(tells).format(cells[row]), (row, 0), rng)

    def _no_row(self, rng: random.Random) -> Example | None:
        table = Table.draw(rng)
        column = rng.randrange(len(table.columns))
        key = value(table.kind.key, rng)
        if any(key in cell or cell in key for row in table.rows for cell in row if cell):
            return None
        return self._shown(table, table.asked(column, key, rng), None, rng)

    def _no_column(self, rng: random.Random) -> Example | None:
        table = Table.draw(rng)
        asked = table.of_absent(rng)
        if asked is None:
            return None
        return self._shown(table, asked.format(rng.choice(table.rows)[0]), None, rng)

    def _empty(self, rng: random.Random) -> Example | None:
        table = Table.draw(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        rows = [list(cells) for cells in table.rows]
        rows[row][column + 1] = rng.choice(BLANKS)
        blank = replace(table, rows=tuple(map(tuple, rows)))
        return self._shown(blank, table.asked(column, rows[row][0], rng), None, rng)

    def _shown(
        self, table: Table, asked: str, answer: tuple[int, int] | None, rng: random.Random
    ) -> Example | None:
        """The table's passage that holds the answer; of several without one, any."""
        flow = Flow(DocumentWriter())
        if rng.random() < 0.6:
            flow.paragraph(self._prose(rng))
        rows = [table.heads, *table.rows]
        flow.table(rows, header_rows=1)
        if rng.random() < 0.4:
            flow.paragraph(self._prose(rng))
        document = document_of(flow)
        lines = [block.span for block in document.blocks if block.kind is BlockKind.TABLE_ROW]
        wanted = None
        if answer is not None and len(lines) == len(table.rows):
            wanted = split_cells(document.text, lines[answer[0]])[answer[1]]
        if answer is not None and wanted is None:
            return None
        return example_of(document, asked, wanted, rng, near=lines)

    def _record(self, rng: random.Random, *, there: bool) -> Example | None:
        """Records line by line, "Phone: 555-0100"; the key is the first line of each."""
        table = Table.draw(rng)
        flow = Flow(DocumentWriter())
        if rng.random() < 0.3:
            flow.paragraph(self._prose(rng))
        places: dict[tuple[int, int], Span] = {}
        bullet = rng.choice(("", "", "- "))
        chosen = table.rows[: rng.randint(1, 3)]
        for number, cells in enumerate(chosen):
            lines = [f"{head}: {cell}" for head, cell in zip(table.heads, cells, strict=True)]
            if bullet:
                items = [flow.item(bullet + line, None, tight=at > 0) for at, line in enumerate(lines)]
                begins = [item.start + len(bullet) for item in items]
            else:
                start = flow.paragraph("\n".join(lines)).start
                begins = [start + sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]
            for at, (begin, head, cell) in enumerate(zip(begins, table.heads, cells, strict=True)):
                places[number, at] = Span(begin + len(head) + 2, begin + len(head) + 2 + len(cell))
        document = document_of(flow)
        row, column = rng.randrange(len(chosen)), rng.randrange(len(table.columns))
        if there:
            if not said(chosen[row][column + 1]):
                return None
            asked = table.asked(column, chosen[row][0], rng, chosen[row][column + 1])
            return example_of(document, asked, places[row, column + 1], rng)
        other = table.of_absent(rng)
        return None if other is None else example_of(document, other.format(chosen[row][0]), None, rng)

    def _answered(self, rng: random.Random) -> Example | None:
        """Questions with the sentence that answers each; asked in the same words, or as another row does."""
        rows = self._of_one_article(rng, rng.randint(2, 4))
        if rows is None:
            return None
        flow = Flow(DocumentWriter())
        if rng.random() < 0.3:
            for row in rows:
                flow.item(f"- {row.question}", None, tight=True)
        asked, place = rng.choice(rows), None
        form = rng.choice(_FORMS)
        for row in rows:
            sentence = _sentence(row)
            told = _question(flow, form, row.question, sentence.slice(row.context))
            if row is asked and row.answer:
                place = row.answer.shift(told.start - sentence.start)
        same = [r for r in self._texts[asked.context] if r.answer == asked.answer]
        return example_of(document_of(flow), rng.choice(same).question, place, rng)

    def _told(self, rng: random.Random, *, there: bool) -> Example | None:
        """Questions about records with what answers each; asked in other words, or about another cell."""
        table = Table.draw(rng)
        asked = table.questions(rng)
        if not asked:
            return None
        flow, form = Flow(DocumentWriter()), rng.choice(_FORMS)
        if rng.random() < 0.3:
            flow.paragraph(self._prose(rng))
        places = {}
        for (row, column), question in asked.items():
            before = f"{_remarked(rng)} " if rng.random() < 0.2 else ""
            behind = f" {_remarked(rng)}" if rng.random() < 0.5 else ""
            cell = table.rows[row][column + 1]
            told = _question(flow, form, question, before + _as_sentence(cell) + behind)
            start = told.start + len(before)
            places[row, column] = Span(start, start + len(cell))
        document = document_of(flow)
        chosen = list(asked) if there else table.beside(asked)
        if not chosen:
            return None
        row, column = rng.choice(chosen)
        key, cell = table.rows[row][0], table.rows[row][column + 1]
        if not there and cell.casefold() in document.text.casefold():
            return None
        other = table.asked(column, key, rng, cell)
        return example_of(document, other, places.get((row, column)), rng, near=list(places.values()))

    def _open(self, rng: random.Random) -> Example | None:
        """Questions about records that nobody has answered yet; one of them, in other words."""
        table = Table.draw(rng)
        questions = table.questions(rng, least=3, most=8)
        if not questions:
            return None
        row, column = rng.choice(list(questions))
        asked = table.asked(column, table.rows[row][0], rng, table.rows[row][column + 1])
        return self._list_of(list(questions.values()), asked, rng)

    def _listed(self, rng: random.Random) -> Example | None:
        """Questions alone: a table of contents, or what nobody has answered yet."""
        rows = self._of_one_article(rng, rng.randint(4, 9))
        if rows is None:
            return None
        return self._list_of([row.question for row in rows], rng.choice(rows).question, rng)

    def _list_of(self, questions: Sequence[str], asked: str, rng: random.Random) -> Example | None:
        flow = Flow(DocumentWriter())
        if rng.random() < 0.4:
            flow.paragraph(self._prose(rng))
        flow.paragraph(rng.choice(("Contents", "Open questions:", "Questions we still have", "On this page")))
        numbered = rng.random() < 0.4
        for number, question in enumerate(questions, 1):
            flow.item(f"{number}. {question}" if numbered else f"- {question}", None, tight=True)
        return example_of(document_of(flow), asked, None, rng)

    def _mail(self, rng: random.Random, *, there: bool) -> Example | None:
        """A mail's headers, as ``ingest.formats.eml`` writes them, and some text."""
        people = [f"{person(rng)} <{mail(rng)}>" for _ in range(3)]
        heads = {"From": people[0], "To": people[1], "Cc": people[2], "Date": date(rng)}
        if rng.random() < 0.5:
            del heads["Cc"]
        flow = Flow(DocumentWriter())
        flow.paragraph("\n".join(f"{name}: {said}" for name, said in heads.items()))
        row = rng.choice(self._rows)
        flow.paragraph(row.context[: 40 * rng.randint(5, 20)].rsplit(". ", 1)[0] + ".")
        document = document_of(flow)
        about = rng.choice(("this mail", "the e-mail", "the mail", f"the mail about {row.title}"))
        name = rng.choice([name for name in _MAILS if (name in heads) == there] or ["Bcc"])
        asked = rng.choice(_MAILS[name]).format(about)
        if not there:
            return example_of(document, asked, None, rng)
        start = document.text.index(f"{name}: ") + len(name) + 2
        length = len(heads[name].split(" <")[0])
        return example_of(document, asked, Span(start, start + length), rng)

    def _of_one_article(self, rng: random.Random, count: int) -> list[Row] | None:
        """Questions of one article, answered by different sentences."""
        members = self._articles[rng.choice(self._rows).article]
        rows = rng.sample(members, min(count, len(members)))
        places = {(row.context, _sentence(row)) for row in rows}
        return rows if len(rows) == count == len(places) else None

    def _prose(self, rng: random.Random) -> str:
        """One to three sentences of some text."""
        text = rng.choice(self._rows).context
        spans = sentence_spans(text)
        first = rng.randrange(len(spans))
        last = min(len(spans), first + rng.randint(1, 3)) - 1
        return text[spans[first].start : spans[last].end]


_MAILS: Mapping[str, tuple[str, ...]] = {
    "From": ("Who sent {}?", "Who wrote {}?", "Who is {} from?"),
    "To": ("Who is {} to?", "Who was {} sent to?", "Who got {}?"),
    "Cc": ("Who was copied in on {}?", "Who is in copy of {}?"),
    "Date": ("When was {} sent?", "When did {} come?", "What is the date of {}?"),
    "Bcc": ("Who opened {} first?", "When was {} answered?", "Who deleted {}?"),
}


def _again(make: Callable[[random.Random], Example | None], rng: random.Random) -> Iterator[Example | None]:
    for _ in range(_TRIES):
        yield make(rng)
    raise ValueError("no such page can be made of these rows")


def _question(flow: Flow, form: tuple[str, str], question: str, answer: str) -> Span:
    """Writes a question and what answers it, and says where that is."""
    ask, tell = form
    if ask == _AS_HEADING:
        flow.heading(question, 2)
    else:
        flow.paragraph(ask + question)
    span = flow.paragraph(tell + answer)
    return Span(span.start + len(tell), span.end)


def _remarked(rng: random.Random) -> str:
    return _as_sentence(rng.choice(list(remarks())))


def _as_sentence(text: str) -> str:
    return texts.capital(text) + ("" if text.endswith((".", "!")) else ".")


def _sentence(row: Row) -> Span:
    """The sentence of a row's answer."""
    assert row.answer is not None  # noqa: S101 (rows without one were left out)
    answer = row.answer
    held = [span for span in sentence_spans(row.context) if span.overlaps(answer)]
    return Span(min(held[0].start, answer.start), max(held[-1].end, answer.end)) if held else answer
