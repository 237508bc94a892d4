"""Spans of requests and of the stages of a question."""

from __future__ import annotations

import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.telemetry.telemetry import Telemetry
from api.telemetry.traces import NoTraces, OtelTraces, open_traces
from rag.errors import InvalidQuestion, InvalidSettings
from rag.settings import TelemetrySettings
from rag.types import Outcome
from tests.fakes.engine import answer

SETTINGS = TelemetrySettings(traces_url="http://127.0.0.1:4317")
_PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"


def spans_of_a_question(settings: TelemetrySettings, headers: dict[str, str]) -> dict[str, ReadableSpan]:
    exporter = InMemorySpanExporter()
    traces = OtelTraces(settings, exporter)
    with traces.request(headers) as describe:
        Telemetry(traces=traces).question(lambda: answer("Who asked for a second ship?"))
        describe("http.route", "/v1/ask")
    traces.close()
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_question_is_a_span_with_one_for_each_stage() -> None:
    """Within the request's span, named by its route; the stages one after the other, as long as they took."""
    spans = spans_of_a_question(SETTINGS, {})
    assert set(spans) == {"/v1/ask", "question", "retrieve", "read"}
    assert spans["question"].parent == spans["/v1/ask"].context
    retrieve, read = spans["retrieve"], spans["read"]
    assert retrieve.parent == read.parent == spans["question"].context
    assert retrieve.end_time == read.start_time
    assert (read.end_time or 0) - (read.start_time or 0) == 9_000_000
    assert dict(spans["question"].attributes or {}) == {
        "saywhere.outcome": "answered",
        "saywhere.detail": answer("?").certainty,
    }


def test_no_span_has_words_of_the_question_or_the_answer() -> None:
    """Neither in its name nor in its attributes."""
    told = " ".join(span.to_json() for span in spans_of_a_question(SETTINGS, {}).values())
    assert "ship" not in told
    assert "Ada" not in told


def test_a_failed_question_is_marked_without_its_message() -> None:
    """Which may quote what was asked; the log has it."""
    exporter = InMemorySpanExporter()
    traces = OtelTraces(SETTINGS, exporter)

    def fail() -> Outcome:
        raise InvalidQuestion("'private words' is too long")

    with pytest.raises(InvalidQuestion), traces.request({}):
        Telemetry(traces=traces).question(fail)
    traces.close()
    question, request = exporter.get_finished_spans()
    assert dict(question.attributes or {}) == {
        "saywhere.outcome": "failed",
        "saywhere.detail": "InvalidQuestion",
    }
    assert not question.status.is_ok
    assert "private" not in question.to_json() + request.to_json()


def test_a_trace_is_continued() -> None:
    """That of the request's traceparent, which also says whether to trace at all."""
    header = f"00-{_PARENT}-00f067aa0ba902b7"
    spans = spans_of_a_question(SETTINGS, {"Traceparent": f"{header}-01"})
    assert f"{spans['question'].context.trace_id:x}" == _PARENT
    assert spans_of_a_question(SETTINGS, {"traceparent": f"{header}-00"}) == {}


def test_the_share_bounds_what_is_traced() -> None:
    """Zero: nothing."""
    assert spans_of_a_question(SETTINGS.model_copy(update={"traces_share": 0.0}), {}) == {}


def test_without_a_collector_nothing_is_traced() -> None:
    """By default."""
    assert isinstance(open_traces(TelemetrySettings()), NoTraces)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to install it."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InvalidSettings, match=r"saywhere\[otel\]"):
        open_traces(SETTINGS)
