"""The metrics of one application, in Prometheus' form (https://prometheus.io/docs/practices/naming).

No label holds a question, a document, a client or a collection, so that the number of series is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ingest.ended import Ended
from rag.types import Abstention, Answer, Certainty, Outcome, Reason

ANSWERED, ABSTAINED, SMALL_TALK, FAILED = "answered", "abstained", "small_talk", "failed"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_JOB_SECONDS = (0.1, 1.0, 10.0, 60.0, 600.0, 3_600.0)


class Metrics:
    """Counts and times; safe to use from many threads.

    >>> metrics = Metrics()
    >>> metrics.request("GET", "/healthz", 200, seconds=0.001)
    >>> "saywhere_http_requests_total" in metrics.exposition("")[0].decode()
    True
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "saywhere_http_requests",
            "HTTP requests by method, route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "saywhere_http_request_seconds",
            "Time of an HTTP request until its response is sent.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.requests_running = Gauge(
            "saywhere_http_requests_running", "HTTP requests being answered.", registry=registry
        )
        self._questions = Counter(
            "saywhere_questions",
            "Questions by outcome; detail is the certainty, the reason, or the kind of problem.",
            ("outcome", "detail"),
            registry=registry,
        )
        self._question_seconds = Histogram(
            "saywhere_question_seconds",
            "Time of work on a question, without waiting for its turn.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "saywhere_stage_seconds",
            "Time of one stage of a question.",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._ingested = Counter(
            "saywhere_ingest_documents",
            "Documents by what ingest did with them.",
            ("outcome",),
            registry=registry,
        )
        self._job_seconds = Histogram(
            "saywhere_ingest_job_seconds",
            "Time of an ingest job, by kind and final state.",
            ("kind", "state"),
            buckets=_JOB_SECONDS,
            registry=registry,
        )
        for detail in Certainty:
            self._questions.labels(ANSWERED, detail)
        for reason in Reason:
            self._questions.labels(ABSTAINED, reason)

    def add(self, collector: Collector) -> None:
        """Has a collector asked at each exposition."""
        self._registry.register(collector)

    def of_worker(self, number: int) -> None:
        """Says which of several processes at one address these metrics are of, as ``saywhere_worker``."""
        Gauge(
            "saywhere_worker",
            "The number of the worker process that these metrics are of.",
            registry=self._registry,
        ).set(number)

    def request(self, method: str, route: str, status: int, *, seconds: float) -> None:
        """An HTTP request ended."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def answered(self, outcome: Outcome, *, seconds: float) -> None:
        """A question has its outcome."""
        self._questions.labels(*outcome_labels(outcome)).inc()
        self._question_seconds.observe(seconds)
        for stage, ms in stages(outcome).items():
            self._stage_seconds.labels(stage).observe(ms / 1e3)

    def failed(self, detail: str) -> None:
        """A question ended with an error, ``detail`` being its kind."""
        self._questions.labels(FAILED, detail).inc()

    def ingested(self, ended: Ended) -> None:
        """An ingest job ended."""
        self._job_seconds.labels(ended.kind, ended.state).observe(ended.seconds)
        for outcome, count in ended.counts.items():
            self._ingested.labels(outcome).inc(count)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics and their media type, in a form that the ``Accept`` header names."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def names(self) -> Iterable[str]:
        """The name of every series, as in ``saywhere_questions_total``; those with labels only once used."""
        return (sample.name for metric in self._registry.collect() for sample in metric.samples)


def outcome_labels(outcome: Outcome) -> tuple[str, str]:
    """Outcome and detail of ``saywhere_questions_total``."""
    if isinstance(outcome, Answer):
        return ANSWERED, outcome.certainty
    if isinstance(outcome, Abstention) and outcome.reply is not None:
        return SMALL_TALK, ""
    return ABSTAINED, outcome.reason


def stages(outcome: Outcome) -> dict[str, float]:
    """Milliseconds by stage: retrieve, read, decide, refine, cite; rewrite and draft with an LLM."""
    totals: dict[str, float] = {}
    for step in outcome.trace.steps:
        stage = step.name.split()[0]
        totals[stage] = totals.get(stage, 0.0) + step.ms
    return totals
