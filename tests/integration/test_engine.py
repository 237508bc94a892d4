"""The straight line over real indexes, with models whose behaviour the test decides."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag.errors import DeadlineExceeded, InvalidQuestion, UnknownCollection
from rag.settings import DecideSettings, ReadSettings, Settings, SmallTalkSettings
from rag.types import (
    Abstention,
    Answer,
    AnswerUnit,
    Candidate,
    CannedReply,
    Certainty,
    Question,
    QuestionForm,
    Reading,
    Reason,
    Step,
    TalkKind,
    Turn,
)
from tests.fakes.models import EvidenceFake, PhraseReader
from tests.integration.engine_world import World, answer, ask, open_world, take_as
from tests.samples import document
from tests.unit.rag.answering.samples import calibration

NEWS = "The harbour was closed on Monday. Mayor Ann Lee asked for an apology. Ships waited outside."
OTHER = "The library opens at nine. Readers may borrow six books. Fines are paid at the desk."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as opened:
        yield opened


def test_an_answer_says_what_and_where(world: World) -> None:
    """Text, statement and citation; the citation is the stored text's slice."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    reply = answer(world.make(PhraseReader(Ann_Lee=6.0)))
    assert (reply.text, reply.unit, reply.certainty) == ("Ann Lee", AnswerUnit.SHORT_ANSWER, Certainty.SURE)
    assert reply.confidence > 0.99
    assert reply.short_answer_confidence == reply.confidence
    (only,) = reply.citations
    assert only.quote == "Mayor Ann Lee asked for an apology."
    assert world.is_exact(only)
    assert [s.text for s in reply.statements] == [only.quote]
    assert {"retrieve", "decide", "refine", "cite"} <= reply.trace.timings_ms.keys()


def test_an_empty_index_has_its_own_reason(world: World) -> None:
    """The engine abstains before anything is read."""
    outcome = ask(world.make(PhraseReader()))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOTHING_INDEXED
    assert outcome.confidence == 0.0


def test_an_abstention_shows_the_nearest_passages(world: World) -> None:
    """Whole and exact: the most relevant, each text once, three at most; none that is far."""
    texts = [f"{OTHER} Edition {n}." for n in range(8)]
    world.put(*(document(text, id=f"d{n}") for n, text in enumerate(texts)), document(NEWS, id="news"))
    world.put(document(NEWS, id="copy"))
    reader = EvidenceFake(support={"apology": -1.9, "Edition 3": -1.0, "Edition 6": -1.5})
    settings = Settings(read=ReadSettings(passages=9))
    outcome = ask(world.make(reader, settings))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOT_ANSWERED_HERE
    assert outcome.confidence == pytest.approx(0.130, abs=0.001)  # of the passage that spans rank first
    assert [citation.quote for citation in outcome.nearest] == [texts[3], texts[6], NEWS]
    assert all(world.is_exact(citation) for citation in outcome.nearest)


def test_passages_that_were_not_read_are_not_shown(world: World) -> None:
    """How near they are isn't known."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    reader = EvidenceFake(support={"": -1.0})
    outcome = ask(world.make(reader, Settings(read=ReadSettings(passages=1, first=1))))
    assert isinstance(outcome, Abstention)
    assert [citation.quote for citation in outcome.nearest] == reader.read_passages


def test_where_every_passage_is_far_nothing_is_shown(world: World) -> None:
    """Not even the best of them."""
    world.put(document(NEWS))
    outcome = ask(world.make(EvidenceFake(support={"": -4.0})))
    assert isinstance(outcome, Abstention)
    assert (outcome.reason, outcome.nearest) == (Reason.NOT_ANSWERED_HERE, ())


def test_tell_me_more_shows_the_section_of_the_answer_before(world: World) -> None:
    """Whole and exact; asked again it is the same section."""
    world.put_page(
        "# Harbour\n\n## Tolls\n\nShips pay a toll of 40 crowns.\n\n- Boats pay half.\n- Rafts are free.\n\n"
        "## Locks\n\nThe lock opens at six.\n"
    )
    engine = world.make(EvidenceFake(support={"40 crowns": 6.0}, spans={"40 crowns": 6.0}))
    first = Turn(question="How much is the toll?", answer="40 crowns")
    for history in ((first,), (first, Turn(question="Tell me more", answer="Tolls"))):
        reply = engine.ask(Question(text="Tell me more.", history=history))
        assert isinstance(reply, Answer)
        assert (reply.question, reply.unit) == ("Tell me more.", AnswerUnit.SECTION)
        assert [statement.text for statement in reply.statements] == [
            "Tolls", "Ships pay a toll of 40 crowns.", "Boats pay half.", "Rafts are free.",
        ]  # fmt: skip
        assert all(world.is_exact(citation) for citation in reply.citations)


def test_evidence_that_is_relevant_but_not_sure_enough_has_its_own_reason(world: World) -> None:
    """A relevance above zero, below the threshold."""
    world.put(document(NEWS))
    cautious = Settings(decide=DecideSettings(threshold=0.9))
    outcome = ask(world.make(EvidenceFake(support={"apology": 1.0}), cautious))
    assert isinstance(outcome, Abstention)
    assert outcome.reason is Reason.NOT_CONFIDENT


def test_an_explanation_is_given_in_whole_sentences(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a why question a phrase is no answer; nothing is refined."""
    take_as(monkeypatch, QuestionForm.WHY)
    world.put(document(NEWS))
    reply = answer(world.make(PhraseReader(closed_on_Monday=6.0)), "Why did ships wait?")
    assert (reply.text, reply.unit) == ("The harbour was closed on Monday.", AnswerUnit.SENTENCES)
    assert reply.short_answer_confidence is None
    assert "refine" not in reply.trace.timings_ms


def test_without_a_probable_short_answer_the_evidence_speaks(world: World) -> None:
    """The passage is relevant, but no span in it is right for sure."""
    world.put(document(NEWS))
    reader = EvidenceFake(support={"apology": 6.0}, spans={"Ships": -1.0})
    reply = answer(world.make(reader))
    assert (reply.text, reply.unit) == ("Mayor Ann Lee asked for an apology.", AnswerUnit.SENTENCES)
    assert reply.short_answer_confidence is None
    assert reply.conflicts == ()


def test_copies_are_read_once_and_cited_each(world: World) -> None:
    """One text in three documents: one reading, one statement, three citations."""
    world.put(document(NEWS), document(NEWS, id="d2"), document(NEWS, id="d3"))
    reader = PhraseReader(Ann_Lee=6.0)
    outcome = answer(world.make(reader))
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


class SlowReader(PhraseReader):
    """Takes a while for each call."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        time.sleep(0.2)
        return super().read(question, candidates)


def test_after_the_deadline_nothing_more_is_read(world: World) -> None:
    """It is checked after each step: the first passages are read, the others not."""
    world.put(*(document(f"{OTHER} Edition {n}.", id=f"d{n}") for n in range(6)))
    reader = SlowReader()
    engine = world.make(reader, Settings(read=ReadSettings(passages=6, first=2)))
    with pytest.raises(DeadlineExceeded):
        engine.ask(Question(text="who asked?"), deadline=time.monotonic() + 0.1)
    assert len(reader.read_passages) <= 2


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


def test_a_follow_up_is_completed_from_the_turn_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The completed question is read, the outcome has the question as put, the trace has both."""
    take_as(monkeypatch, QuestionForm.FACT)
    world.put(document(NEWS), document(OTHER, id="d2"))
    reader = PhraseReader(Monday=6.0)
    before = Turn(question="Who closed the harbour?", answer="Mayor Ann Lee")
    outcome = world.make(reader).ask(Question(text="And when?", history=(before,)))
    assert isinstance(outcome, Answer)
    assert (outcome.question, outcome.text) == ("And when?", "Monday")
    assert set(reader.questions) == {"when closed the harbour?"}
    assert outcome.trace.retrieved is not None
    assert outcome.trace.retrieved.standalone_question == "when closed the harbour?"


RATES = "In Paris the limit is 90 euros. In Rome the limit is 80 euros."
PARIS = Turn(question="What is the limit in Paris?", answer="90 euros")


def test_a_follow_up_is_not_answered_with_what_was_asked_before(world: World) -> None:
    """The reader prefers the sentence on Paris, and nothing is said of London: an abstention."""
    world.put(document(RATES))
    reader = EvidenceFake(support={"Paris": 6.0})
    outcome = world.make(reader).ask(Question(text="and in London?", history=(PARIS,)))
    assert isinstance(outcome, Abstention)
    assert (outcome.reason, outcome.asked_as) == (Reason.NOT_CONFIDENT, "What is the limit in London?")


def test_a_follow_up_is_answered_from_another_passage_that_speaks_of_it(world: World) -> None:
    """It ranks second; the answer is likely at most, and says as what it was asked."""
    world.put(document("In Paris the limit is 90 euros."), document("In Rome it is 80 euros.", id="d2"))
    reader = EvidenceFake(support={"Paris": 6.0, "Rome": 5.0})
    outcome = world.make(reader).ask(Question(text="and in Rome?", history=(PARIS,)))
    assert isinstance(outcome, Answer)
    assert [citation.quote for citation in outcome.citations] == ["In Rome it is 80 euros."]
    assert outcome.certainty is Certainty.LIKELY
    assert outcome.asked_as == "What is the limit in Rome?"


def test_a_question_that_stands_alone_is_not_asked_as_another(world: World) -> None:
    world.put(document(NEWS))
    assert answer(world.make(PhraseReader(Ann_Lee=6.0))).asked_as is None


def test_small_talk_gets_a_canned_reply_and_nothing_is_read(world: World) -> None:
    """Without passages, in the language of the line; an own text stands in the place of the default."""
    world.put(document(NEWS))
    reader = PhraseReader(Ann_Lee=6.0)
    own = SmallTalkSettings(texts={"de": {"thanks": "Bitte sehr."}})
    outcome = ask(world.make(reader, Settings(small_talk=own)), "Vielen Dank!")
    assert isinstance(outcome, Abstention)
    assert outcome.reply == CannedReply(kind=TalkKind.THANKS, text="Bitte sehr.", language="de")
    assert (outcome.nearest, reader.questions) == ((), [])


def test_small_talk_is_asked_where_replies_are_off(world: World) -> None:
    world.put(document(NEWS))
    outcome = ask(world.make(PhraseReader(), Settings(small_talk=SmallTalkSettings(replies=False))), "hello")
    assert isinstance(outcome, Abstention)
    assert outcome.reply is None


def test_documents_are_listed_where_they_are_asked_for(world: World) -> None:
    """By title, of the question's collection, and only those that its filters allow."""
    legal = document(OTHER, id="d2", title="Library", metadata={"team": "legal"})
    world.put(document(NEWS, title="News"), legal)
    engine = world.make(PhraseReader())
    for filters, titles in (({}, ["Library", "News"]), ({"team": "legal"}, ["Library"])):
        outcome = engine.ask(Question(text="What documents do you have?", filters=filters))
        assert isinstance(outcome, Abstention)
        assert outcome.reply is not None
        assert [one.title for one in outcome.reply.documents] == titles
        assert outcome.reply.document_count == len(titles)


def test_an_empty_collection_says_that_it_has_no_documents(world: World) -> None:
    outcome = ask(world.make(PhraseReader()), "what are your sources?")
    assert isinstance(outcome, Abstention)
    assert outcome.reply is not None
    assert (outcome.reply.text, outcome.reply.document_count) == ("There are no documents here yet.", 0)


def test_an_answer_is_sure_or_likely_by_the_risk_of_its_confidence(world: World) -> None:
    """Of answers above 0.9 one in a hundred was wrong, of those below one in ten."""
    world.put(document(NEWS))
    fitted = calibration(risks=((0.0, 0.1), (0.9, 0.01)))
    certainties = [
        answer(world.make(EvidenceFake(support={"apology": logit}), fitted=fitted)).certainty
        for logit in (1.0, 3.0)
    ]
    assert certainties == [Certainty.LIKELY, Certainty.SURE]


def test_a_likely_answer_shows_another_passage_that_is_as_relevant(world: World) -> None:
    """A sure one does not; both are cited in their own documents."""
    world.put(document(NEWS), document("The mayor said sorry. The apology came late.", id="late"))
    support = {"Ann Lee": 2.0, "came late": 1.9}
    for risks, cited in (((), {"d1", "late"}), (((0.0, 0.0),), {"d1"})):
        engine = world.make(EvidenceFake(support=support), fitted=calibration(risks=risks))
        reply = answer(engine)
        assert {citation.document_id for citation in reply.citations} == cited
        assert all(world.is_exact(citation) for citation in reply.citations)


def test_what_was_read_is_in_the_trace_with_its_relevance(world: World) -> None:
    """Every passage, and the decision's features by name."""
    world.put(document(NEWS), document(OTHER, id="d2"))
    reply = answer(world.make(EvidenceFake(support={"apology": 6.0})))
    assert reply.trace.read is not None
    assert sorted(p.relevance for p in reply.trace.read.passages) == [-5.0, 6.0]
    assert reply.trace.decided is not None
    assert reply.trace.decided.features["relevance"] == 6.0


def test_an_acronym_is_read_with_its_long_form(world: World) -> None:
    """As the collection defines it; the trace says so, and the answer has the question as it was put."""
    reader = PhraseReader(twenty_days=6.0)
    world.put(
        document("Paid time off (PTO) is explained here.", title="Terms"),
        document("Each of us gets twenty days of paid time off.", id="d2"),
    )
    reply = answer(world.make(reader), "How much pto do I get?")
    assert reader.questions[0] == "How much pto (Paid time off) do I get?"
    assert reply.question == "How much pto do I get?"
    assert reply.trace.retrieved is not None
    assert reply.trace.retrieved.standalone_question == "How much pto (Paid time off) do I get?"


def test_what_is_read_can_be_retrieved_by_itself(world: World) -> None:
    """The question as it is read, and the passages in the order of the trace."""
    reader = PhraseReader(twenty_days=6.0)
    world.put(
        document("Paid time off (PTO) is explained here.", title="Terms"),
        document("Each of us gets twenty days of paid time off.", id="d2"),
        document(NEWS, id="d3"),
    )
    engine = world.make(reader)
    for text in ("How much pto do I get?", "who asked for an apology?"):
        reader.questions.clear()
        trace = ask(engine, text).trace
        analysis, candidates = engine.retrieve(Question(text=text))
        assert set(reader.questions) == {analysis.standalone}
        assert trace.retrieved is not None
        assert [c.passage.id for c in candidates] == [p.passage_id for p in trace.retrieved.passages]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who asked for an apology?", ["who asked for an apology?"]),
        ("how much pto do I get?", ["how much pto do I get?", "how much pto (Paid time off) do I get?"]),
    ],
)
def test_only_a_question_with_a_defined_acronym_is_searched_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[str]
) -> None:
    """Whatever acronyms the collection defines otherwise."""
    world.put(document("Paid time off (PTO) is granted."), document(NEWS, id="d2"))
    searched: list[str] = []
    retrieve = world.retriever.retrieve

    def recorded(question: Question, k: int) -> list[Candidate]:
        searched.append(question.text)
        return retrieve(question, k)

    monkeypatch.setattr(world.retriever, "retrieve", recorded)
    world.make(PhraseReader()).search(Question(text=text))
    assert searched == expected
