"""The straight line over real indexes, with models whose behaviour the test decides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.answering.decision import Decider
from rag.engine import Engine
from rag.errors import DeadlineExceeded, InvalidQuestion, UnknownCollection
from rag.retrieval.retriever import Retriever
from rag.settings import DecideSettings, ReadSettings, Settings
from rag.storage.library import Library
from rag.types import Abstention, Answer, Document, Question, Reason, Step, Turn
from tests.fakes.models import BagEmbedder, PhraseReader
from tests.samples import document, passage
from tests.unit.rag.answering.test_decision import calibration

NEWS = "The harbour was closed on Monday. Mayor Ann Lee asked for an apology. Ships waited outside."
OTHER = "The library opens at nine. Readers may borrow six books. Fines are paid at the desk."


@dataclass
class World:
    """A library, its catalog, and engines over them."""

    library: Library
    catalog: SqliteCatalog
    make: Callable[..., Engine]

    def put(self, *documents: Document) -> None:
        for doc in documents:
            self.library.replace(doc, (passage(doc),))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        catalog = SqliteCatalog(tmp_path / "catalog.sqlite3")
        stack.callback(catalog.close)
        dense = ChromaIndex(tmp_path / "chroma")
        stack.callback(dense.close)
        lexical = TantivyIndex(tmp_path / "terms")
        stack.callback(lexical.close)
        embedder = BagEmbedder()
        library = Library(catalog, dense, lexical, embedder)
        library.recover()

        def make(reader: PhraseReader, settings: Settings | None = None) -> Engine:
            settings = settings or Settings()
            retriever = Retriever(catalog, dense, lexical, embedder, settings.retrieve)
            return Engine(
                catalog, retriever, reader, Decider(calibration(margin=1.0), settings.decide), settings
            )

        yield World(library=library, catalog=catalog, make=make)


def ask(engine: Engine, text: str = "who asked for an apology?") -> Answer | Abstention:
    return engine.ask(Question(text=text))


def test_an_answer_says_what_and_where(world: World) -> None:
    """Text, statement and citation; the citation is the stored text's slice."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    outcome = ask(world.make(PhraseReader(Ann_Lee=6.0)))
    assert isinstance(outcome, Answer)
    assert outcome.text == "Ann Lee"
    (only,) = outcome.citations
    assert only.quote == "Mayor Ann Lee asked for an apology."
    assert world.catalog.document(only.document_id).text[only.start : only.end] == only.quote
    assert [s.text for s in outcome.statements] == [only.quote]
    assert {"retrieve", "decide", "cite"} <= outcome.trace.timings_ms.keys()


def test_an_empty_index_has_its_own_reason(world: World) -> None:
    """The engine abstains before anything is read."""
    outcome = ask(world.make(PhraseReader()))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOTHING_INDEXED
    assert outcome.confidence == 0.0


def test_an_abstention_shows_the_nearest_sentences(world: World) -> None:
    """Exact quotes, the best read one among them, no more than three."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    outcome = ask(world.make(PhraseReader()))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOT_ANSWERED_HERE
    assert 1 <= len(outcome.nearest) <= 3
    for citation in outcome.nearest:
        text = world.catalog.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_an_explanation_is_given_in_whole_sentences(world: World) -> None:
    """To a why question a phrase is no answer."""
    world.put(document(NEWS))
    outcome = ask(world.make(PhraseReader(closed_on_Monday=6.0)), "Why did ships wait?")
    assert isinstance(outcome, Answer)
    assert outcome.text == "The harbour was closed on Monday."


def test_copies_are_read_once_and_cited_each(world: World) -> None:
    """One text in three documents: one reading, one statement, three citations."""
    world.put(document(NEWS), document(NEWS, id="d2"), document(NEWS, id="d3"))
    reader = PhraseReader(Ann_Lee=6.0)
    outcome = ask(world.make(reader))
    assert isinstance(outcome, Answer)
    assert len(reader.read_passages) == 1
    assert {c.document_id for c in outcome.citations} == {"d1", "d2", "d3"}
    assert len({c.quote for c in outcome.citations}) == 1
    assert [s.citations for s in outcome.statements] == [(0, 1, 2)]


def test_a_clear_answer_stops_the_reading(world: World) -> None:
    """Two passages are read if they give a clear answer, else as many as the setting says."""
    world.put(*(document(f"{NEWS if i < 2 else OTHER} Edition {i}.", id=f"d{i}") for i in range(6)))
    settings = Settings(read=ReadSettings(passages=5, first=2), decide=DecideSettings(clear=0.9))
    clear, unclear = PhraseReader(Ann_Lee=9.0), PhraseReader(Ann_Lee=1.0)
    ask(world.make(clear, settings))
    ask(world.make(unclear, settings))
    assert len(clear.read_passages) == 2
    assert len(unclear.read_passages) == 5


def test_a_removed_document_never_answers(world: World) -> None:
    """Nor does the version that was replaced."""
    world.put(document(NEWS))
    engine = world.make(PhraseReader(Ann_Lee=6.0, Bob_Ray=6.0))
    world.put(document(NEWS.replace("Ann Lee", "Bob Ray")))
    changed = ask(engine)
    assert isinstance(changed, Answer)
    assert changed.text == "Bob Ray"
    world.library.remove("default", "d1")
    outcome = ask(engine)
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOTHING_INDEXED


def test_filters_keep_other_documents_out(world: World) -> None:
    """Only documents whose metadata match are candidates."""
    world.put(
        document(NEWS, metadata={"team": "press"}),
        document(NEWS + " Twice.", id="d2", metadata={"team": "hr"}),
    )
    engine = world.make(PhraseReader(Ann_Lee=6.0))
    outcome = engine.ask(Question(text="who asked for an apology?", filters={"team": "hr"}))
    assert isinstance(outcome, Answer)
    assert {c.document_id for c in outcome.citations} == {"d2"}


def test_bad_questions_are_refused(world: World) -> None:
    """Empty, too long, or of a collection that isn't there."""
    engine = world.make(PhraseReader())
    with pytest.raises(InvalidQuestion):
        ask(engine, " ")
    with pytest.raises(InvalidQuestion):
        ask(engine, "x" * 10_000)
    with pytest.raises(UnknownCollection, match="'nowhere'"):
        engine.ask(Question(text="who?", collection="nowhere"))


def test_a_deadline_in_the_past_ends_the_question(world: World) -> None:
    """After the first step, with a class of its own."""
    world.put(document(NEWS))
    with pytest.raises(DeadlineExceeded):
        world.make(PhraseReader()).ask(Question(text="who asked?"), deadline=time.monotonic() - 1)


def test_the_same_question_gets_the_same_answer(world: World) -> None:
    """Byte for byte, times apart."""
    world.put(document(NEWS), document(OTHER, id="d2"), document(NEWS + " Later.", id="d3"))
    engine = world.make(PhraseReader(Ann_Lee=6.0))
    outcomes = [ask(engine) for _ in range(5)]
    assert isinstance(outcomes[0], Answer)
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_search_gives_passages_best_first(world: World) -> None:
    """With their scores, at most as many as asked for."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    candidates = world.make(PhraseReader()).search(Question(text="how many books may readers borrow"), k=1)
    assert [c.document.id for c in candidates] == ["d2"]
    assert candidates[0].scores.lexical is not None


def test_each_step_is_observed_as_it_ends(world: World) -> None:
    """In order, retrieval before anything is read; they are the outcome's trace."""
    world.put(document(NEWS))
    reader = PhraseReader(Ann_Lee=6.0)
    steps: list[tuple[str, int]] = []
    outcome = world.make(reader).ask(
        Question(text="Who asked?"), observe=lambda step: steps.append((step.name, len(reader.read_passages)))
    )
    assert [name for name, _ in steps] == [step.name for step in outcome.trace.steps]
    assert steps[0] == ("retrieve", 0)


def test_what_an_observer_raises_ends_the_question(world: World) -> None:
    """After retrieval nothing is read any more."""
    world.put(document(NEWS))
    reader = PhraseReader(Ann_Lee=6.0)

    def withdraw(_step: Step) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        world.make(reader).ask(Question(text="Who asked?"), observe=withdraw)
    assert reader.read_passages == []


def test_documents_that_differ_are_shown_side_by_side(world: World) -> None:
    """The other document's number is a conflict with a citation of its own, never blended in."""
    world.put(
        document("Staff get 25 days of leave a year.", id="new", title="Handbook 2026"),
        document("Staff get 20 days of leave a year.", id="old", title="Handbook 2019"),
        document(OTHER, id="d2"),
    )
    outcome = ask(
        world.make(PhraseReader(**{"25_days": 7.0, "20_days": 6.0})), "how many days of leave do staff get?"
    )
    assert isinstance(outcome, Answer)
    assert outcome.text == "25 days"
    (conflict,) = outcome.conflicts
    assert conflict.text == "20 days"
    (citation,) = [outcome.citations[i] for i in conflict.citations]
    assert (citation.document_id, citation.quote) == ("old", "Staff get 20 days of leave a year.")
    assert all(outcome.citations[i].document_id == "new" for s in outcome.statements for i in s.citations)


def test_a_contradiction_is_read_though_the_answer_is_clear(world: World) -> None:
    """Reading ends early, but passages of other documents with as high a cosine are still read."""
    words = "Staff get {} days of leave a year. Note {}."
    world.put(*(document(words.format(days, n), id=f"d{n}") for n, days in enumerate((25, 25, 25, 20))))
    world.put(*(document(f"{OTHER} Edition {n}.", id=f"o{n}") for n in range(2)))
    reader = PhraseReader(**{"25_days": 9.0, "20_days": 8.0})
    first = Settings(read=ReadSettings(first=1), decide=DecideSettings(clear=0.9))
    outcome = ask(world.make(reader, first), "how many days of leave do staff get?")
    assert isinstance(outcome, Answer)
    assert [c.text for c in outcome.conflicts] == ["20 days"]
    assert not any(OTHER in text for text in reader.read_passages)


def test_a_follow_up_is_completed_from_the_turn_before_it(world: World) -> None:
    """The completed question is read, the outcome has the question as put, the trace has both."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    reader = PhraseReader(Monday=6.0)
    before = Turn(question="Who closed the harbour?", answer="Mayor Ann Lee")
    outcome = world.make(reader).ask(Question(text="And when?", history=(before,)))
    assert isinstance(outcome, Answer)
    assert (outcome.question, outcome.text) == ("And when?", "Monday")
    assert set(reader.questions) == {"when closed the harbour?"}
    assert outcome.trace.retrieved is not None
    assert outcome.trace.retrieved.standalone_question == "when closed the harbour?"
