"""The composition root: opens engine, library and stores by the settings. Only its modules name adapters."""

from __future__ import annotations

from rag.wiring.models import (
    open_decider,
    open_drafter,
    open_embedder,
    open_llm,
    open_reader,
    open_rewriter,
    open_span_reader,
)
from rag.wiring.opening import open_service
from rag.wiring.parts import (
    has_catalog,
    open_access_keys,
    open_catalog,
    open_feedback,
    open_jobs,
    open_question_log,
    place_of,
)
from rag.wiring.paths import (
    CATALOG,
    CHROMA,
    FEEDBACK,
    JOBS,
    KEYS,
    LOCK,
    ORIGINALS,
    QUESTIONS,
    RESERVE,
    SIGNATURES,
    SOURCES,
    TERMS,
    VECTOR_COPY,
    index_folders,
)
from rag.wiring.service import Service

__all__ = [
    "CATALOG",
    "CHROMA",
    "FEEDBACK",
    "JOBS",
    "KEYS",
    "LOCK",
    "ORIGINALS",
    "QUESTIONS",
    "RESERVE",
    "SIGNATURES",
    "SOURCES",
    "TERMS",
    "VECTOR_COPY",
    "Service",
    "has_catalog",
    "index_folders",
    "open_access_keys",
    "open_catalog",
    "open_decider",
    "open_drafter",
    "open_embedder",
    "open_feedback",
    "open_jobs",
    "open_llm",
    "open_question_log",
    "open_reader",
    "open_rewriter",
    "open_service",
    "open_span_reader",
    "place_of",
]
