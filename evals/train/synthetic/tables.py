"""Synthetic tables: some records of a kind, some of their columns, and questions about their cells."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass

from evals.train.synthetic.records import Column, RecordKind, record_kinds, remarks
from evals.train.synthetic.values import sample_value

Cell = tuple[int, int]  # row and column, the key's column not counted

BLANKS = ("", "", "–", "-", "n/a", "tbd")
_ROWS, _COLUMNS = (3, 10), (2, 5)  # least and most
_REMARKS_COLUMN = Column(
    ("Notes", "Remarks", "Good to know", "Comment", "Beware", "Details"), "remark", (), ()
)
# Probabilities.
_BLANK = 0.05
_HAS_REMARKS = 0.5
_NO_REMARK = 0.3
_BY_WORD_OF_KEY = 0.2
_BY_OTHER_CELL = 0.12
_BY_HEADING = 0.25
_REFERENCES = ("the {noun} with {head} {cell}", "the {noun} whose {head} is {cell}", "the {noun} for {cell}")
_HEADING_QUESTIONS = (
    "What is the {head} of {key}?",
    "{head} of {key}",
    "{key} {head}",
    "What is {key}'s {head}?",
)


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one kind.

    Attributes:
        headings: of the key's column and of ``columns``.
        rows: each a key and its cells, in the order of ``columns``.
    """

    kind: RecordKind
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def sample(cls, rng: random.Random) -> Table:
        """A table of a random kind, with random columns and rows; half of them have a column of remarks."""
        kind = rng.choice(record_kinds())
        most = min(_COLUMNS[1], len(kind.columns))
        columns = list(rng.sample(kind.columns, rng.randint(_COLUMNS[0], most)))
        if rng.random() < _HAS_REMARKS:
            columns.append(_REMARKS_COLUMN)
        headings = [rng.choice(kind.key_headings), *(rng.choice(column.headings) for column in columns)]
        keys = list(dict.fromkeys(sample_value(kind.key_spec, rng) for _ in range(rng.randint(*_ROWS))))
        cells = [_sample_cells(column, len(keys), rng) for column in columns]
        return cls(kind, tuple(columns), tuple(headings), tuple(zip(keys, *cells, strict=True)))

    def value(self, row: int, column: int) -> str:
        """A cell; column 0 is the first after the key's."""
        return self.rows[row][column + 1]

    def column_values(self, column: int) -> list[str]:
        return [cells[column + 1] for cells in self.rows]

    def reference(self, row: int, column: int, rng: random.Random) -> str:
        """What a question about a cell calls its row: the key, a word of it that no other key has, or a
        cell of another column that is unique there.
        """
        key, chance = self.rows[row][0], rng.random()
        if chance < _BY_WORD_OF_KEY:
            other_keys = " ".join(cells[0] for number, cells in enumerate(self.rows) if number != row)
            words = [word for word in key.split() if len(word) > 2 and word not in other_keys]
            return rng.choice(words or [key])
        if chance < _BY_WORD_OF_KEY + _BY_OTHER_CELL:
            other = rng.randrange(len(self.columns))
            cell = self.value(row, other)
            if other != column and has_value(cell) and self.column_values(other).count(cell) == 1:
                noun, head = self.headings[0].lower(), self.headings[other + 1].lower()
                return rng.choice(_REFERENCES).format(noun=noun, head=head, cell=cell)
        return key

    def question(self, column: int, key: str, rng: random.Random, cell: str = "") -> str:
        """A question about a cell of the column; now and then in the words of its heading.

        Args:
            key: what the question calls the row.
            cell: the cell's value; a remark's questions depend on it.
        """
        definition, heading = self.columns[column], self.headings[column + 1]
        if definition is _REMARKS_COLUMN:
            questions = remarks().get(cell) or rng.choice(list(remarks().values()))
            return rng.choice(questions).format(key)
        if rng.random() < _BY_HEADING:
            return rng.choice(_HEADING_QUESTIONS).format(head=heading.lower(), key=key)
        return rng.choice(definition.questions).format(key)

    def question_of_missing_column(self, rng: random.Random) -> str | None:
        """A question, with the key in braces, about a column of the kind that the table lacks; None where it
        has all of them.
        """
        missing = [column for column in self.kind.columns if column not in self.columns]
        if not missing:
            return None
        column = rng.choice(missing)
        heading = rng.choice(column.headings).lower()
        by_heading = [form.replace("{head}", heading).replace("{key}", "{}") for form in _HEADING_QUESTIONS]
        return rng.choice(by_heading if rng.random() < _BY_HEADING else column.questions)

    def sample_questions(self, rng: random.Random, least: int = 2, most: int = 5) -> dict[Cell, str]:
        """Questions about ``least`` to ``most`` cells, each ending in "?"; none where there are fewer."""
        cells = self._filled()
        rng.shuffle(cells)
        questions = {}
        for row, column in cells[: rng.randint(least, most)]:
            wordings = [wording for wording in self._wordings(row, column) if wording.endswith("?")]
            if wordings:
                questions[row, column] = rng.choice(wordings).format(self.rows[row][0])
        return questions if len(questions) >= least else {}

    def neighbours(self, cells: Collection[Cell]) -> list[Cell]:
        """Other filled cells in a row or a column of these."""
        return [
            (row, column)
            for row, column in self._filled()
            if (row, column) not in cells and any(row == cell[0] or column == cell[1] for cell in cells)
        ]

    def _filled(self) -> list[Cell]:
        return [
            (row, column)
            for row in range(len(self.rows))
            for column in range(len(self.columns))
            if has_value(self.value(row, column))
        ]

    def _wordings(self, row: int, column: int) -> tuple[str, ...]:
        """The questions about a cell, with the key in braces."""
        definition = self.columns[column]
        if definition is _REMARKS_COLUMN:
            return remarks()[self.value(row, column)]
        return definition.questions


def has_value(cell: str) -> bool:
    """Whether a cell is filled."""
    return cell not in BLANKS


def _sample_cells(column: Column, count: int, rng: random.Random) -> list[str]:
    if column is _REMARKS_COLUMN:  # each remark at most once
        return ["" if rng.random() < _NO_REMARK else remark for remark in rng.sample(list(remarks()), count)]
    return [
        rng.choice(BLANKS) if rng.random() < _BLANK else sample_value(column.value_spec, rng)
        for _ in range(count)
    ]
