"""Invented tables: some records of a kind, their columns, and how a cell of them is asked about."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from evals.train.synthetic.records import Column, Kind, kinds, remarks, value

BLANKS = ("", "", "–", "-", "n/a", "tbd")
_BLANK_SHARE = 0.05
_ROWS, _COLUMNS = (3, 10), (2, 5)
_REMARK = Column(("Notes", "Remarks", "Good to know", "Comment", "Beware", "Details"), "remark", (), ())
_REMARKED = 0.5
_NO_REMARK = 0.3
_BY_PART = 0.2
_BY_OTHER = 0.12
_OTHERS = ("the {noun} with {head} {cell}", "the {noun} whose {head} is {cell}", "the {noun} for {cell}")
_PLAIN = ("What is the {head} of {key}?", "{head} of {key}", "{key} {head}", "What is {key}'s {head}?")
_PLAIN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Table:
    """Each row is a key and its cells, by column; ``heads`` has the key's, too."""

    kind: Kind
    columns: tuple[Column, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def draw(cls, rng: random.Random) -> Table:
        """Some records of some kind."""
        kind = rng.choice(kinds())
        most = min(_COLUMNS[1], len(kind.columns))
        columns = list(rng.sample(kind.columns, rng.randint(_COLUMNS[0], most)))
        if rng.random() < _REMARKED:
            columns.append(_REMARK)
        heads = [rng.choice(kind.heads), *(rng.choice(column.heads) for column in columns)]
        keys = list(dict.fromkeys(value(kind.key, rng) for _ in range(rng.randint(*_ROWS))))
        cells = [_cells(column, len(keys), rng) for column in columns]
        return cls(kind, tuple(columns), tuple(heads), tuple(zip(keys, *cells, strict=True)))

    def called(self, row: int, column: int, rng: random.Random) -> str:
        """How a row is spoken of: by its key, a word of it that no other has, or another column's cell."""
        key, chance = self.rows[row][0], rng.random()
        if chance < _BY_PART:
            others = " ".join(cells[0] for number, cells in enumerate(self.rows) if number != row)
            words = [word for word in key.split() if len(word) > 2 and word not in others]
            return rng.choice(words or [key])
        if chance < _BY_PART + _BY_OTHER:
            other = rng.randrange(len(self.columns))
            cell = self.rows[row][other + 1]
            if other != column and said(cell) and [cells[other + 1] for cells in self.rows].count(cell) == 1:
                noun, head = self.heads[0].lower(), self.heads[other + 1].lower()
                return rng.choice(_OTHERS).format(noun=noun, head=head, cell=cell)
        return key

    def asked(self, column: int, key: str, rng: random.Random, cell: str = "") -> str:
        """A question about a cell; now and then by its heading alone."""
        one, head = self.columns[column], self.heads[column + 1]
        if one is _REMARK:
            return rng.choice(remarks().get(cell) or rng.choice(list(remarks().values()))).format(key)
        if rng.random() < _PLAIN_SHARE:
            return rng.choice(_PLAIN).format(head=head.lower(), key=key)
        return rng.choice(one.asks).format(key)

    def of_absent(self, rng: random.Random) -> str | None:
        """A question about a column that isn't there, the key's place in braces; None where all are."""
        absent = [column for column in self.kind.columns if column not in self.columns]
        if not absent:
            return None
        column = rng.choice(absent)
        head = rng.choice(column.heads).lower()
        plain = [form.replace("{head}", head).replace("{key}", "{}") for form in _PLAIN]
        return rng.choice(plain if rng.random() < _PLAIN_SHARE else column.asks)

    def questions(self, rng: random.Random, least: int = 2, most: int = 5) -> dict[tuple[int, int], str]:
        """Questions about some cells, by row and column, as a page asks; none where too few can be asked."""
        places = self._filled()
        rng.shuffle(places)
        found = {}
        for row, column in places[: rng.randint(least, most)]:
            worded = [ask for ask in self._wordings(row, column) if ask.endswith("?")]
            if worded:
                found[row, column] = rng.choice(worded).format(self.rows[row][0])
        return found if len(found) >= least else {}

    def beside(self, asked: Mapping[tuple[int, int], str]) -> list[tuple[int, int]]:
        """Cells in a row or a column of those asked about, but not asked about."""
        return [
            (row, column)
            for row, column in self._filled()
            if (row, column) not in asked and any(row == place[0] or column == place[1] for place in asked)
        ]

    def _filled(self) -> list[tuple[int, int]]:
        """The cells that say something, by row and column."""
        return [
            (row, column)
            for row, cells in enumerate(self.rows)
            for column in range(len(self.columns))
            if said(cells[column + 1])
        ]

    def _wordings(self, row: int, column: int) -> tuple[str, ...]:
        """How a cell is asked about, the key's place in braces."""
        one = self.columns[column]
        return remarks()[self.rows[row][column + 1]] if one is _REMARK else one.asks


def said(cell: str) -> bool:
    """Whether a cell says something."""
    return cell not in BLANKS


def _cells(column: Column, count: int, rng: random.Random) -> list[str]:
    if column is _REMARK:  # each but once
        chosen = rng.sample(list(remarks()), count)
        return ["" if rng.random() < _NO_REMARK else remark for remark in chosen]
    return [
        rng.choice(BLANKS) if rng.random() < _BLANK_SHARE else value(column.value, rng) for _ in range(count)
    ]
