"""Opens the models of the settings, and what judges and words by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.adapters.timed_models import ModelTimes, TimedEmbedder, TimedReader
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider

if TYPE_CHECKING:
    from rag.drafting.drafter import Drafter
    from rag.drafting.rewriting import Rewriter
    from rag.ports.embedder import Embedder
    from rag.ports.llm import Llm
    from rag.ports.reader import Reader
    from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models that every question needs; ``times`` has the time that each takes."""

    embedder: Embedder
    reader: Reader
    span_reader: Reader | None
    times: ModelTimes


def open_models(settings: Settings) -> Models:
    """The embedder and both readers, timed. Raises ModelError."""
    times = ModelTimes()
    spans = open_span_reader(settings)
    return Models(
        embedder=TimedEmbedder(open_embedder(settings), times),
        reader=TimedReader(open_reader(settings), times),
        span_reader=None if spans is None else TimedReader(spans, times, "span_reader"),
        times=times,
    )


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings. Raises ModelError."""
    from rag.adapters.onnx.embedder import OnnxEmbedder

    return OnnxEmbedder(
        settings.embedder,
        precision=settings.embedder_precision,
        cache=settings.cache,
        threads=settings.threads,
    )


def open_reader(settings: Settings) -> Reader:
    """The reader of the settings. Raises ModelError."""
    from rag.adapters.onnx.reader import OnnxReader

    return OnnxReader(settings.reader, cache=settings.cache, threads=settings.threads)


def open_span_reader(settings: Settings) -> Reader | None:
    """The packaged span reader beside the packaged reader; None with another one. Raises ModelError."""
    from rag.adapters.onnx.reader import PACKAGED, PACKAGED_SPANS, OnnxReader

    if settings.reader != PACKAGED:
        return None
    return OnnxReader(PACKAGED_SPANS, cache=settings.cache, threads=settings.threads)


def open_decider(settings: Settings, *, cosines: bool = True) -> Decider:
    """The decider with the calibration that was fitted to the packaged models.

    Args:
        cosines: whether similarities are of the settings' embedder.
    """
    from rag.adapters.onnx.embedder import PACKAGED
    from rag.adapters.onnx.reader import packaged_calibration

    calibrated = cosines and settings.embedder == PACKAGED and settings.vector_store == "chroma"
    return Decider(Calibration.load(packaged_calibration()), settings.decide, cosines=calibrated)


def open_llm(settings: Settings) -> Llm | None:
    """The LLM of the settings; None where they name none. Sends nothing.

    Raises:
        InvalidSettings: its package isn't installed, or doesn't know the model.
    """
    if settings.llm.provider == "none":
        return None
    from rag.adapters.llama_index.llm import open_llm as open_llama_index_llm
    from rag.adapters.llm_breaker import LlmBreaker

    return LlmBreaker(open_llama_index_llm(settings.llm), pause_seconds=settings.llm.pause_seconds)


def open_rewriter(settings: Settings, llm: Llm | None) -> Rewriter | None:
    """The rewriter; None where there is no LLM, or it may not rewrite."""
    if llm is None or not settings.llm.may_rewrite:
        return None
    from rag.drafting.rewriting import Rewriter

    return Rewriter(llm, settings.llm)


def open_drafter(settings: Settings, llm: Llm | None) -> Drafter | None:
    """The drafter; None where there is no LLM, or it may not draft."""
    if llm is None or not settings.llm.may_draft:
        return None
    from rag.drafting.drafter import Drafter
    from rag.grounding.support import check

    return Drafter(llm, check, settings.llm)
