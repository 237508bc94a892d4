"""Server-sent events to typed values."""

from __future__ import annotations

import pytest

from api.streaming import events
from rag.client.errors import InvalidResponse, ServiceBusy
from rag.client.events import DraftedEvent, Event, EventParser
from rag.types import DraftedStatement, Outcome
from rag.wire.asking import AnswerOut, RetrievedEvent
from rag.wire.convert import outcome_out
from tests.fakes import outcomes


def _parsed(*texts: str) -> list[Event]:
    parser = EventParser()
    return [event for text in texts for event in parser.feed(text)]


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES.values(), ids=lambda outcome: outcome.question)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_what_the_service_sends_is_read_back(outcome: Outcome, size: int) -> None:
    """However the network cuts it; the last event is the whole answer."""
    answer = outcome_out(outcome)
    text = "".join(events.of_answer(answer))
    parsed = _parsed(*(text[at : at + size] for at in range(0, len(text), size)))
    assert parsed[-1] == answer
    assert len(parsed) == text.count("event: ")


def test_a_drafted_statement_is_told_from_one_of_the_answer() -> None:
    """It has the same fields."""
    drafted = outcomes.DRAFTED
    told = DraftedStatement(statement=drafted.statements[1], citations=drafted.citations[1:])
    [event] = _parsed("".join(events.of_progress(told)))
    assert isinstance(event, DraftedEvent)
    assert (event.text, event.citations) == (drafted.statements[1].text, [1])
    assert [cited.quote for cited in event.cited] == [drafted.citations[1].quote]


def test_a_line_separator_in_a_document_ends_no_event() -> None:
    """JSON may have U+2028 and U+0085 as they are."""
    answer = outcome_out(outcomes.SHORT_ANSWER).model_copy(update={"question": "a\u2028b\x85c"})
    [event] = _parsed(events.event("done", answer))
    assert isinstance(event, AnswerOut)
    assert event.question == "a\u2028b\x85c"


def test_comments_and_unknown_events_are_left_out() -> None:
    """A later version may send more; lines may end with CR LF."""
    text = ': still at it\n\nevent: novel\ndata: {}\n\nevent: retrieved\r\ndata: {"passages":3}\r\n\r\n'
    assert _parsed(text) == [RetrievedEvent(passages=3)]


def test_an_error_event_is_raised() -> None:
    """As the error that its status would have been."""
    problem = '{"type":"/problems/busy","title":"Too much","status":503,"detail":"again","request_id":"7"}'
    with pytest.raises(ServiceBusy, match="503 again") as caught:
        _parsed(f"event: error\ndata: {problem}\n\n")
    assert (caught.value.problem, caught.value.request_id) == ("busy", "7")


@pytest.mark.parametrize("data", ["{}", "not JSON"])
def test_an_event_of_another_form_is_an_error(data: str) -> None:
    """Another program may serve there."""
    with pytest.raises(InvalidResponse, match="answer"):
        _parsed(f"event: answer\ndata: {data}\n\n")
