"""Short answers of the best passages, by a second reader."""

from __future__ import annotations

from rag.answering.close_reading import CloseReading
from rag.types import Reading
from tests.fakes.models import PhraseReader
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import reading, span

NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve")
MARGINS = {name: float(number) for number, name in enumerate(NAMES, 1)}  # the second reader's
WHO = "Who asked?"
COUNT = 2  # passages to read closely


def ranked() -> list[Reading]:
    """Of a passage for each name, with a short answer of the first reader's: its verb."""
    passages = [candidate(document(f"{name} asked.", id=name)) for name in NAMES]
    return [
        reading(here, relevance=9.0 - rank, support={name: 2.0}, spans=[span(here, "asked", 0.5)])
        for rank, (name, here) in enumerate(zip(NAMES, passages, strict=True))
    ]


def best_spans(readings: list[Reading]) -> list[tuple[str, float]]:
    return [(reading.spans[0].text, reading.spans[0].margin) for reading in readings]


def test_only_the_best_passages_are_read_closely() -> None:
    """They alone have the second reader's short answers; the others keep those of the first."""
    reader = PhraseReader(**MARGINS)
    closely = CloseReading(reader, WHO).of(ranked(), COUNT)
    expected = [(name, MARGINS[name]) for name in NAMES[:COUNT]]
    assert best_spans(closely) == expected + [("asked", 0.5)] * (len(NAMES) - COUNT)
    assert reader.read_passages == [f"{name} asked." for name in NAMES[:COUNT]]
    assert reader.questions == [WHO]


def test_all_but_the_spans_stays_as_it_was_read() -> None:
    """Order, relevance and support are the first reader's."""
    before = ranked()
    closely = CloseReading(PhraseReader(**MARGINS), WHO).of(before, COUNT)
    kept = [(r.candidate, r.relevance, r.support, r.polarity) for r in before]
    assert [(r.candidate, r.relevance, r.support, r.polarity) for r in closely] == kept
    assert [r.read_closely for r in closely] == [True] * COUNT + [False] * (len(NAMES) - COUNT)


def test_each_passage_is_read_once() -> None:
    """Over all calls for a question; one that comes to be among the best is read then."""
    reader, before = PhraseReader(**MARGINS), ranked()
    close_reading = CloseReading(reader, WHO)
    first = close_reading.of(before[:COUNT], COUNT)
    assert close_reading.of(before[:COUNT], COUNT) == first
    last = close_reading.of([before[-1], *before[:-1]], COUNT)
    assert reader.read_passages == [f"{name} asked." for name in (*NAMES[:COUNT], NAMES[-1])]
    assert best_spans(last)[0] == (NAMES[-1], MARGINS[NAMES[-1]])


def test_a_passage_keeps_its_close_reading() -> None:
    """Also where better ones have come before it since."""
    close_reading, before = CloseReading(PhraseReader(**MARGINS), WHO), ranked()
    close_reading.of(before[:1], COUNT)
    last = close_reading.of([*before[1:], before[0]], COUNT)
    assert best_spans(last)[-1] == (NAMES[0], MARGINS[NAMES[0]])


def test_without_a_second_reader_readings_stay_as_they_are() -> None:
    """Short answers among them."""
    before = ranked()
    assert CloseReading(None, WHO).of(before, COUNT) == before


def test_nothing_read_is_nothing_to_read_closely() -> None:
    """As before the first passages are read."""
    reader = PhraseReader(**MARGINS)
    assert CloseReading(reader, WHO).of([], COUNT) == []
    assert reader.read_passages == []
