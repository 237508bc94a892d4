"""Examples of the pages that teams write: tables, records, lists of questions, e-mails, prose.

The published sets are paragraphs of prose. A handbook's facts stand in tables as often, and a reader that
never saw one takes the row beside, or nothing. Here pages are invented (``records.py``), written and cut as
the service does it (``ingest``), and shown as it shows them (``rag.view``). A question is about one cell,
about a row or a column that isn't there, or about an empty cell. Lists of questions, with what answers each
or without, are of SQuAD's questions and texts, or ask about records in other words: a question that only
stands there is not answered. E-mails have SQuAD's texts. Texts in prose are those of ``texts.py``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.train import texts
from evals.train.data import Example, Row, sentence_spans
from evals.train.records import Column, Kind, date, kinds, mail, person, remarks, value
from evals.train.shown import document_of, example_of
from ingest.formats.flow import Flow
from ingest.formats.writer import DocumentWriter
from rag.types import BlockKind, Span
from rag.view import split_cells

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
_ROWS, _COLUMNS = (3, 10), (2, 5)
_REMARK = Column(("Notes", "Remarks", "Good to know", "Comment", "Beware", "Details"), "remark", (), ())
_REMARKED = 0.5
_NO_REMARK = 0.3
_BY_PART = 0.2
_BY_OTHER = 0.12
_OTHERS = ("the {noun} with {head} {cell}", "the {noun} whose {head} is {cell}", "the {noun} for {cell}")
_PLAIN = ("What is the {head} of {key}?", "{head} of {key}", "{key} {head}", "What is {key}'s {head}?")
_PLAIN_SHARE = 0.25
_BLANKS = ("", "", "–", "-", "n/a", "tbd")
_BLANK_SHARE = 0.05
_TRIES = 50
# What a question begins with, and what answers it.
_AS_HEADING = "#"
_FORMS = (("", ""), ("Q: ", "A: "), (_AS_HEADING, ""), (_AS_HEADING, ""))


@dataclass(frozen=True, slots=True)
class _Table:
    """Invented records: a key and its cells, by column."""

    kind: Kind
    columns: tuple[Column, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
        table = _table(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        if not _said(table.rows[row][column + 1]):
            return None
        about = _called(table, row, column, rng)
        asked = _asked(table, column, about, rng, table.rows[row][column + 1])
        return self._shown(table, asked, (row, column + 1), rng)

    def _key(self, rng: random.Random) -> Example | None:
        table = _table(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        cells = [cells[column + 1] for cells in table.rows]
        tells = table.columns[column].tells
        if not tells or not _said(cells[row]) or cells.count(cells[row]) > 1:
            return None
        return self._shown(table, rng.choice(tells).format(cells[row]), (row, 0), rng)

    def _no_row(self, rng: random.Random) -> Example | None:
        table = _table(rng)
        column = rng.randrange(len(table.columns))
        key = value(table.kind.key, rng)
        if any(key in cell or cell in key for row in table.rows for cell in row if cell):
            return None
        return self._shown(table, _asked(table, column, key, rng), None, rng)

    def _no_column(self, rng: random.Random) -> Example | None:
        table = _table(rng)
        asked = _of_absent(table, rng)
        if asked is None:
            return None
        return self._shown(table, asked.format(rng.choice(table.rows)[0]), None, rng)

    def _empty(self, rng: random.Random) -> Example | None:
        table = _table(rng)
        row, column = rng.randrange(len(table.rows)), rng.randrange(len(table.columns))
        rows = [list(cells) for cells in table.rows]
        rows[row][column + 1] = rng.choice(_BLANKS)
        blank = _Table(table.kind, table.columns, table.heads, tuple(map(tuple, rows)))
        return self._shown(blank, _asked(table, column, rows[row][0], rng), None, rng)

    def _shown(
        self, table: _Table, asked: str, answer: tuple[int, int] | None, rng: random.Random
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
        table = _table(rng)
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
            if not _said(chosen[row][column + 1]):
                return None
            asked = _asked(table, column, chosen[row][0], rng, chosen[row][column + 1])
            return example_of(document, asked, places[row, column + 1], rng)
        other = _of_absent(table, rng)
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
        table = _table(rng)
        asked = _questions(table, rng)
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
        chosen = list(asked) if there else _beside(table, asked)
        if not chosen:
            return None
        row, column = rng.choice(chosen)
        key, cell = table.rows[row][0], table.rows[row][column + 1]
        if not there and cell.casefold() in document.text.casefold():
            return None
        other = _asked(table, column, key, rng, cell)
        return example_of(document, other, places.get((row, column)), rng, near=list(places.values()))

    def _open(self, rng: random.Random) -> Example | None:
        """Questions about records that nobody has answered yet; one of them, in other words."""
        table = _table(rng)
        questions = _questions(table, rng, least=3, most=8)
        if not questions:
            return None
        row, column = rng.choice(list(questions))
        asked = _asked(table, column, table.rows[row][0], rng, table.rows[row][column + 1])
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


def _table(rng: random.Random) -> _Table:
    kind = rng.choice(kinds())
    most = min(_COLUMNS[1], len(kind.columns))
    columns = list(rng.sample(kind.columns, rng.randint(_COLUMNS[0], most)))
    if rng.random() < _REMARKED:
        columns.append(_REMARK)
    heads = [rng.choice(kind.heads), *(rng.choice(column.heads) for column in columns)]
    keys = list(dict.fromkeys(value(kind.key, rng) for _ in range(rng.randint(*_ROWS))))
    cells = [_cells(column, len(keys), rng) for column in columns]
    return _Table(kind, tuple(columns), tuple(heads), tuple(zip(keys, *cells, strict=True)))


def _cells(column: Column, count: int, rng: random.Random) -> list[str]:
    if column is _REMARK:  # each but once
        chosen = rng.sample(list(remarks()), count)
        return ["" if rng.random() < _NO_REMARK else remark for remark in chosen]
    return [
        rng.choice(_BLANKS) if rng.random() < _BLANK_SHARE else value(column.value, rng) for _ in range(count)
    ]


def _called(table: _Table, row: int, column: int, rng: random.Random) -> str:
    """How a row is spoken of: by its key, a word of it that no other has, or another column's cell."""
    key, chance = table.rows[row][0], rng.random()
    if chance < _BY_PART:
        others = " ".join(cells[0] for number, cells in enumerate(table.rows) if number != row)
        words = [word for word in key.split() if len(word) > 2 and word not in others]
        return rng.choice(words or [key])
    if chance < _BY_PART + _BY_OTHER:
        other = rng.randrange(len(table.columns))
        cell = table.rows[row][other + 1]
        if other != column and _said(cell) and [cells[other + 1] for cells in table.rows].count(cell) == 1:
            noun, head = table.heads[0].lower(), table.heads[other + 1].lower()
            return rng.choice(_OTHERS).format(noun=noun, head=head, cell=cell)
    return key


def _said(cell: str) -> bool:
    """Whether a cell says something."""
    return cell not in _BLANKS


def _asked(table: _Table, column: int, key: str, rng: random.Random, said: str = "") -> str:
    """A question about a cell; now and then by its heading alone."""
    one, head = table.columns[column], table.heads[column + 1]
    if one is _REMARK:
        return rng.choice(remarks().get(said) or rng.choice(list(remarks().values()))).format(key)
    if rng.random() < _PLAIN_SHARE:
        return rng.choice(_PLAIN).format(head=head.lower(), key=key)
    return rng.choice(one.asks).format(key)


def _questions(
    table: _Table, rng: random.Random, least: int = 2, most: int = 5
) -> dict[tuple[int, int], str]:
    """Questions about some cells, by row and column, as a page asks them; none where too few can be asked."""
    places = _filled(table)
    rng.shuffle(places)
    found = {}
    for row, column in places[: rng.randint(least, most)]:
        worded = [ask for ask in _wordings(table, row, column) if ask.endswith("?")]
        if worded:
            found[row, column] = rng.choice(worded).format(table.rows[row][0])
    return found if len(found) >= least else {}


def _beside(table: _Table, asked: Mapping[tuple[int, int], str]) -> list[tuple[int, int]]:
    """Cells in a row or a column of those asked about, but not asked about."""
    return [
        (row, column)
        for row, column in _filled(table)
        if (row, column) not in asked and any(row == place[0] or column == place[1] for place in asked)
    ]


def _filled(table: _Table) -> list[tuple[int, int]]:
    """The cells that say something, by row and column."""
    return [
        (row, column)
        for row, cells in enumerate(table.rows)
        for column in range(len(table.columns))
        if _said(cells[column + 1])
    ]


def _wordings(table: _Table, row: int, column: int) -> tuple[str, ...]:
    """How a cell is asked about, the key's place in braces."""
    one = table.columns[column]
    return remarks()[table.rows[row][column + 1]] if one is _REMARK else one.asks


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


def _of_absent(table: _Table, rng: random.Random) -> str | None:
    """A question about a column that the table lacks, the key's place in braces; None where it has all."""
    absent = [column for column in table.kind.columns if column not in table.columns]
    if not absent:
        return None
    column = rng.choice(absent)
    head = rng.choice(column.heads).lower()
    plain = [form.replace("{head}", head).replace("{key}", "{}") for form in _PLAIN]
    return rng.choice(plain if rng.random() < _PLAIN_SHARE else column.asks)


def _sentence(row: Row) -> Span:
    """The sentence of a row's answer."""
    assert row.answer is not None  # noqa: S101 (rows without one were left out)
    answer = row.answer
    held = [span for span in sentence_spans(row.context) if span.overlaps(answer)]
    return Span(min(held[0].start, answer.start), max(held[-1].end, answer.end)) if held else answer
