"""Traces by OpenTelemetry: a span for each request, and within it one for each stage of a question.

Spans hold routes, outcomes, counts and times, never a question, an answer or a name of a document. The
package is the extra ``otel``; it is imported where the settings name a collector.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

from api.telemetry.metrics import FAILED, outcome_labels
from rag.errors import InvalidSettings
from rag.settings import TelemetrySettings
from rag.types import Outcome

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

Value = str | int | float | bool
Describe = Callable[[str, Value], None]
"""Adds an attribute to the span."""


class Traces(Protocol):
    """Spans of the work under way. Spans nest by the context in which they are opened."""

    @contextmanager
    def request(self, headers: Mapping[str, str]) -> Iterator[Describe]:  # noqa: ARG002 (no trace has it)
        """The span of a request, which continues the trace of its ``traceparent`` header."""
        yield lambda _name, _value: None

    @contextmanager
    def question(self) -> Iterator[Callable[[Outcome], None]]:
        """The span of a question; call what it gives with the outcome."""
        yield lambda _outcome: None

    def close(self) -> None:
        """Sends what has not been sent."""
        return


class NoTraces(Traces):
    """Nothing is traced."""


class OtelTraces(Traces):
    """Spans sent to a collector.

    Args:
        exporter: where spans go instead of the settings' collector.

    Raises:
        InvalidSettings: the packages of the extra ``otel`` aren't installed.
    """

    def __init__(self, settings: TelemetrySettings, exporter: SpanExporter | None = None) -> None:
        try:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

            exporter = exporter or _otlp_exporter(str(settings.traces_url))
        except ImportError as error:
            raise InvalidSettings(
                f"SAYWHERE_TELEMETRY__TRACES_URL needs pip install 'saywhere[otel]' ({error})"
            ) from None
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "saywhere", "service.version": version("saywhere")}),
            sampler=ParentBased(TraceIdRatioBased(settings.traces_share)),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("saywhere")

    @contextmanager
    def request(self, headers: Mapping[str, str]) -> Iterator[Describe]:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract({k.lower(): v for k, v in headers.items()})
        with self._tracer.start_as_current_span(
            "request", parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:

            def describe(name: str, value: Value) -> None:
                span.set_attribute(name, value)
                if name == "http.route":
                    span.update_name(str(value))

            yield describe

    @contextmanager
    def question(self) -> Iterator[Callable[[Outcome], None]]:
        from opentelemetry.trace import StatusCode

        began = time.time_ns()
        with self._tracer.start_as_current_span(
            "question", record_exception=False, set_status_on_exception=False
        ) as span:

            def add_outcome(outcome: Outcome) -> None:
                kind, detail = outcome_labels(outcome)
                span.set_attribute("saywhere.outcome", kind)
                span.set_attribute("saywhere.detail", detail)
                start = began
                for step in outcome.trace.steps:  # each begins where the one before it ended
                    end = start + int(step.ms * 1e6)
                    self._tracer.start_span(step.name.split()[0], start_time=start).end(end)
                    start = end

            try:
                yield add_outcome
            except Exception as error:
                span.set_attribute("saywhere.outcome", FAILED)
                span.set_attribute("saywhere.detail", type(error).__name__)  # its message may quote
                span.set_status(StatusCode.ERROR)
                raise

    def close(self) -> None:
        self._provider.shutdown()


def open_traces(settings: TelemetrySettings) -> Traces:
    """The traces of the settings. Raises InvalidSettings."""
    return NoTraces() if settings.traces_url is None else OtelTraces(settings)


def _otlp_exporter(url: str) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=url, insecure=url.startswith("http://"))
