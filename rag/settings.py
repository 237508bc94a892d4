"""All settings as one typed object, read from the environment once and passed down.

A setting is an environment variable ``SAYWHERE_<NAME>``, one of a group ``SAYWHERE_<GROUP>__<NAME>``
(``SAYWHERE_READ__PASSAGES=4``). This module opens no file and loads no model.
"""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from rag.errors import InvalidSettings
from rag.types import DEFAULT_COLLECTION

_FROZEN = ConfigDict(frozen=True, extra="forbid")


def _origin(value: str) -> str:
    """The value in lower case. Raises ValueError if it isn't an origin (RFC 6454)."""
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or value != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError(f"{value!r} is no origin: give scheme and host, as in https://docs.example.com")
    return value.lower()


def _http_url(value: str) -> str:
    """The value without a slash at its end. Raises ValueError if it isn't a URL with scheme and host."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is no address of a service: give it as in https://docs.example.com")
    return value.rstrip("/")


Origin = Annotated[str, AfterValidator(_origin)]


def _network(value: str) -> str:
    """The value. Raises ValueError if it is no IP address or network in CIDR form."""
    ip_network(value)
    return value


Network = Annotated[str, AfterValidator(_network)]


def _default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "saywhere"


class SplitSettings(BaseModel):
    """The size of passages."""

    model_config = _FROZEN
    min_words: int = Field(
        60, ge=1, description="Minimum number of words in a passage, except where its section has fewer."
    )
    max_words: int = Field(150, ge=10, description="Maximum number of words in a passage.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(f"min_words {self.min_words} is more than max_words {self.max_words}")
        return self


class RetrieveSettings(BaseModel):
    """How candidate passages are retrieved and ranked."""

    model_config = _FROZEN
    pool: int = Field(
        50,
        ge=1,
        le=1000,
        description="Number of passages requested from the lexical index; the dense index is asked for "
        "twice as many sentences.",
    )
    lexical_weight: float = Field(
        0.7,
        ge=0,
        description="Weight of the lexical score (BM25 and coverage) in the fused score; the dense score has "
        "weight 1.",
    )
    long_question: int = Field(
        8,
        ge=1,
        description="Number of content words in a question above which the lexical weight grows in "
        "proportion to them.",
    )


class ReadSettings(BaseModel):
    """Which candidate passages the reader reads."""

    model_config = _FROZEN
    passages: int = Field(12, ge=1, le=50, description="Maximum number of passages read for one question.")
    first: int = Field(
        4,
        ge=1,
        le=50,
        description="Number of passages read before reading may end at a clear answer "
        "(see SAYWHERE_DECIDE__CLEAR).",
    )
    conflict_cosine_gap: float = Field(
        0.1,
        ge=0,
        description="Difference in cosine: after a clear answer, passages of other documents at most this "
        "far below the answer's passage are still read, to find conflicts.",
    )


class DecideSettings(BaseModel):
    """When an answer is given. Confidences are calibrated probabilities."""

    model_config = _FROZEN
    threshold: float = Field(
        0.38,
        ge=0,
        le=1,
        description="Confidence that the evidence holds what was asked, below which the service abstains.",
    )
    small_collection_odds: float = Field(
        2.6,
        ge=1,
        description="Factor on the odds of the threshold in a small collection, one of which a question "
        "retrieves half the passages or more: there most questions that have no answer are about its "
        "subject. 1 needs no more confidence there than elsewhere.",
    )
    sure_risk: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Largest share of wrong answers among those marked as sure, by the data that the "
        "confidence is fitted on; the others are marked as likely. 1 marks all as sure.",
    )
    short_answer: float = Field(
        0.5,
        ge=0,
        le=1.01,
        description="Confidence that a short answer is right, below which only its evidence is shown.",
    )
    conflict_confidence: float = Field(
        0.5,
        ge=0,
        le=1.01,
        description="Confidence from which a different short answer of another document is shown as a "
        "conflict; 1.01 shows none.",
    )
    clear: float = Field(
        0.9,
        ge=0,
        le=1.01,
        description="Confidence from which an answer is clear, so that reading ends early; at 1.01 all "
        "passages are always read.",
    )


class LlmSettings(BaseModel):
    """An LLM that may rewrite questions and draft answers; without one nothing leaves the machine."""

    model_config = ConfigDict(**_FROZEN, hide_input_in_errors=True)  # the input has a key
    provider: Literal["none", "openai_like", "ollama"] = Field(
        "none", description="Protocol of the LLM's endpoint: any OpenAI-compatible one, or Ollama's own."
    )
    base_url: str | None = Field(
        None,
        description="URL of the endpoint, such as http://localhost:8080/v1, or http://localhost:11434 for "
        "Ollama.",
    )
    model: str | None = Field(None, description="Name of the model, as the endpoint calls it.")
    api_key: SecretStr | None = Field(None, description="Key of the endpoint, if it needs one.")
    may_draft: bool = Field(
        False,
        description="Whether the LLM gets the question and the best passages to draft an answer, of which "
        "only verified sentences are shown.",
    )
    may_rewrite: bool = Field(
        False,
        description="Whether the LLM gets the question and its conversation to make further search queries.",
    )
    draft_sure: bool = Field(
        False,
        description="Whether a draft is also made where the answer without one is sure; a drafted answer is "
        "likely at best.",
    )
    passages: int = Field(6, ge=1, le=50, description="Maximum number of passages sent for a draft.")
    min_relevance: float = Field(
        0.0,
        description="Relevance of a passage (a logit) below which a drafted sentence can't rest on it.",
    )
    min_support: float = Field(
        -2.0,
        description="Support of a sentence, item or row (a logit) below which a drafted sentence can't rest "
        "on it.",
    )
    max_tokens: int = Field(512, ge=16, description="Maximum number of tokens of a draft.")
    context_tokens: int = Field(
        8_192, ge=2_048, description="Size of the model's context in tokens; evidence is cut to fit it."
    )
    connect_seconds: float = Field(2.0, gt=0, description="Maximum time for a connection, in seconds.")
    first_token_seconds: float = Field(
        10.0, gt=0, description="Maximum time until the LLM begins to answer, in seconds."
    )
    seconds: float = Field(20.0, gt=0, description="Maximum time of a draft, in seconds.")
    rewrite_seconds: float = Field(4.0, gt=0, description="Maximum time of a rewriting, in seconds.")
    pause_seconds: float = Field(
        30.0,
        gt=0,
        description="Time in seconds in which an endpoint that failed isn't asked again; doubled for each "
        "further failure, up to sixteen times.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.provider == "none":
            return self
        if not self.model:
            raise ValueError("an LLM needs the name of its model (SAYWHERE_LLM__MODEL)")
        parts = urlsplit(self.base_url or "")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("an LLM needs its http or https address (SAYWHERE_LLM__BASE_URL)")
        if self.max_tokens * 2 > self.context_tokens:
            raise ValueError(f"max_tokens {self.max_tokens} is more than half of context_tokens")
        return self


class LimitSettings(BaseModel):
    """Bounds on questions, uploads and documents. What exceeds one is refused with an error that names it."""

    model_config = _FROZEN
    question_characters: int = Field(2_000, ge=1, description="Maximum number of characters in a question.")
    checked_characters: int = Field(
        20_000, ge=1, description="Maximum number of characters in a text whose grounding is checked."
    )
    body_bytes: int = Field(
        1_000_000,
        ge=1,
        description="Maximum size of an HTTP request's body in bytes, uploads of documents excepted.",
    )
    document_bytes: int = Field(25_000_000, ge=1, description="Maximum size of a document's file in bytes.")
    unpacked_bytes: int = Field(
        250_000_000, ge=1, description="Maximum size in bytes of what an archive or Office file unpacks to."
    )
    pages: int = Field(
        5_000, ge=1, description="Maximum number of pages, slides, sheets or chapters in a document."
    )
    blocks: int = Field(
        200_000,
        ge=1,
        description="Maximum number of headings, paragraphs, list items and table rows in a document.",
    )
    sentences: int = Field(
        200_000, ge=1, description="Maximum number of sentences in a document; a table's row counts as one."
    )
    parse_seconds: float = Field(
        120.0, gt=0, description="Maximum time for reading and splitting one file, in seconds."
    )
    parse_memory_bytes: int = Field(
        2_000_000_000,
        ge=300_000_000,
        description="Maximum memory of the process that reads and splits a file, in bytes.",
    )
    upload_bytes: int = Field(
        100_000_000,
        ge=1,
        description="Maximum size of an upload request in bytes, all its documents together.",
    )
    upload_files: int = Field(1_000, ge=1, description="Maximum number of documents in an upload request.")
    jobs_waiting: int = Field(100, ge=1, description="Maximum number of queued upload jobs.")
    seconds: float = Field(
        30.0, gt=0, description="Maximum time for one question in seconds, waiting included."
    )
    connections: int = Field(
        512,
        ge=1,
        description="Maximum number of open connections; beyond it the one that has been idle longest is "
        "closed.",
    )
    header_seconds: float = Field(
        10.0, gt=0, description="Maximum time for a request's line and headers to arrive, in seconds."
    )
    body_seconds: float = Field(
        30.0,
        gt=0,
        description="Maximum time for a request's body to arrive in seconds, and a second more for every "
        "10,000 bytes.",
    )
    write_seconds: float = Field(
        30.0, gt=0, description="Time after which a client that reads nothing of a response is cut off."
    )
    concurrent: int = Field(4, ge=1, description="Maximum number of questions worked on at the same time.")
    waiting: int = Field(
        64, ge=0, description="Maximum number of further questions that wait for their turn."
    )


class FeedbackSettings(BaseModel):
    """Readers' feedback: how much is taken, and how long it is kept."""

    model_config = _FROZEN
    per_minute: int = Field(20, ge=1, description="Maximum number of entries a minute from one address.")
    entries: int = Field(
        10_000, ge=1, description="Maximum number of entries kept; the oldest are deleted first."
    )
    days: int = Field(365, ge=1, description="Number of days after which an entry is deleted.")


class SiteKey(BaseModel):
    """A public key of the widget: it lets pages of these origins ask about these collections."""

    model_config = _FROZEN
    origins: tuple[Origin, ...] = Field(
        min_length=1, description="Origins whose pages may use the key, such as https://docs.example.com."
    )
    collections: tuple[str, ...] = Field(
        (DEFAULT_COLLECTION,), description="Collections that the key's tokens are for."
    )


class WidgetSettings(BaseModel):
    """Access of widgets on pages of other sites, and suggested questions."""

    model_config = _FROZEN
    origins: tuple[Origin | Literal["*"], ...] = Field(
        (),
        description="Origins whose pages may ask about public collections without a token, * for any "
        "origin; none by default.",
    )
    public: tuple[str, ...] = Field(
        (),
        description="Collections that pages of these origins may ask about without a token; none by default.",
    )
    keys: dict[str, SiteKey] = Field(
        {},
        description="Public keys by name: pages of a key's origins get tokens for its collections; none by "
        "default.",
    )
    token_seconds: int = Field(600, ge=1, description="Validity of a token in seconds; the widget renews it.")
    per_minute: int = Field(
        30,
        ge=1,
        description="Maximum number of requests a minute with one token, or from one address without a "
        "token.",
    )
    tokens_per_minute: int = Field(60, ge=1, description="Maximum number of tokens a minute for one address.")
    suggestions: dict[str, tuple[str, ...]] = Field(
        {},
        description="Suggested questions by collection; a collection without any gets questions made from "
        "its headings.",
    )


class Settings(BaseSettings):
    """All settings, with defaults that work offline.

    >>> Settings(data="/tmp/x").read.passages
    12
    """

    model_config = SettingsConfigDict(
        env_prefix="SAYWHERE_", env_nested_delimiter="__", frozen=True, extra="ignore"
    )

    data: Path = Field(
        Path("data"),
        description="Folder of the catalog, the indexes and the jobs; only one process at a time can own it.",
    )
    cache: Path = Field(
        default_factory=_default_cache,
        description="Folder of compiled models; by default $XDG_CACHE_HOME/saywhere or ~/.cache/saywhere.",
    )
    embedder: str = Field(
        "all-MiniLM-L6-v2",
        description="Embedding model: the packaged all-MiniLM-L6-v2, or the folder or hub name of a "
        "sentence-transformers model.",
    )
    embedder_precision: Literal["int8", "fp32"] = Field(
        "int8", description="Numeric precision of the embedder: int8 (quantised, faster) or fp32."
    )
    reader: str = Field(
        "packaged",
        description="Reader model: packaged (an evidence reader, with a span reader for short answers), or "
        "the folder or hub name of a transformers model for extractive question answering "
        "(AutoModelForQuestionAnswering), which then does both.",
    )
    chroma_url: str | None = Field(
        None,
        description="URL of a Chroma server for the dense index; without one Chroma is embedded in the "
        "process.",
    )
    vector_store: str = Field(
        "chroma",
        description="Store of the dense index: chroma, or package.module:factory of a llama-index vector "
        "store.",
    )
    api_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer key for writing documents over HTTP, at least 16 characters long; without one "
        "only the machine itself may write, and only to a service that other machines can't reach.",
    )
    public_url: Annotated[str, AfterValidator(_http_url)] | None = Field(
        None,
        description="URL at which readers reach the service, such as https://docs.example.com: it stands in "
        "links of answers that leave it (OpenAI's forms, MCP). Without one: the URL of the request.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto "
        "are believed, so that rates and the log are by client; none by default.",
    )
    access_log: bool = Field(True, description="Whether each request is logged, without its question.")
    threads: int = Field(0, ge=0, description="Number of threads that models run on; 0 is one for each core.")
    split: SplitSettings = SplitSettings()
    retrieve: RetrieveSettings = RetrieveSettings()
    read: ReadSettings = ReadSettings()
    decide: DecideSettings = DecideSettings()
    llm: LlmSettings = LlmSettings()
    limits: LimitSettings = LimitSettings()
    widget: WidgetSettings = WidgetSettings()
    feedback: FeedbackSettings = FeedbackSettings()


def load(**overrides: Any) -> Settings:
    """Settings from the environment; ``overrides`` that aren't None take precedence.

    Raises:
        InvalidSettings: names each setting that can't be used, with the reason.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        lines = "; ".join(
            f"SAYWHERE_{'__'.join(str(part) for part in e['loc']).upper()}: {e['msg']}"
            for e in error.errors()
        )
        raise InvalidSettings(lines) from None
    except SettingsError as error:  # the value of a whole group isn't JSON
        raise InvalidSettings(str(error)) from None
