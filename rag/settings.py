"""One typed object for everything that can be set, read once at the edge and passed down.

Each name is set by an environment variable ``SAYWHERE_<NAME>``, nested ones by
``SAYWHERE_<GROUP>__<NAME>`` (``SAYWHERE_READ__PASSAGES=4``). Builds nothing, opens nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from rag.errors import InvalidSettings
from rag.types import DEFAULT_COLLECTION

_FROZEN = ConfigDict(frozen=True, extra="forbid")


def _origin(given: str) -> str:
    parts = urlsplit(given)
    whole = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.netloc or given != whole:
        raise ValueError(f"{given!r} is no origin: give scheme and host, as in https://docs.example.com")
    return given.lower()


Origin = Annotated[str, AfterValidator(_origin)]


def _default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "saywhere"


class SplitSettings(BaseModel):
    """Passage sizes, in words."""

    model_config = _FROZEN
    min_words: int = Field(60, ge=1)
    max_words: int = Field(150, ge=10)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(f"min_words {self.min_words} is more than max_words {self.max_words}")
        return self


class RetrieveSettings(BaseModel):
    """How candidates are found and fused."""

    model_config = _FROZEN
    pool: int = Field(50, ge=1, le=1000, description="candidates asked of each retriever")
    lexical_weight: float = Field(0.7, ge=0, description="weight of BM25 beside the dense score")
    long_question: int = Field(
        8, ge=1, description="content words from which on BM25 weighs more, in proportion to their number"
    )


class ReadSettings(BaseModel):
    """What is read, and when reading stops."""

    model_config = _FROZEN
    passages: int = Field(6, ge=1, le=50, description="passages read for one question")
    first: int = Field(2, ge=1, le=50, description="passages read before the early stop is weighed")
    conflict_cosine_gap: float = Field(
        0.1, ge=0, description="how far below a clear answer's cosine other documents are still read"
    )


class DecideSettings(BaseModel):
    """When an answer is given."""

    model_config = _FROZEN
    threshold: float = Field(0.59, ge=0, le=1, description="least confidence of an answer")
    conflict_confidence: float = Field(
        0.5, ge=0, le=1.01, description="confidence at which another answer is a conflict"
    )
    clear: float = Field(0.8, ge=0, le=1.01, description="confidence at which no more is read")


class LimitSettings(BaseModel):
    """Bounds on what is accepted."""

    model_config = _FROZEN
    question_characters: int = Field(2_000, ge=1)
    body_bytes: int = Field(1_000_000, ge=1)
    document_bytes: int = Field(25_000_000, ge=1)
    unpacked_bytes: int = Field(250_000_000, ge=1, description="what an archive or Office file unpacks to")
    pages: int = Field(5_000, ge=1, description="pages, slides, sheets or chapters of a document")
    parse_seconds: float = Field(60.0, gt=0, description="time one file's parser may take")
    parse_memory_bytes: int = Field(2_000_000_000, ge=300_000_000, description="memory one parser may take")
    upload_bytes: int = Field(100_000_000, ge=1, description="all documents of one upload together")
    upload_files: int = Field(1_000, ge=1, description="documents in one upload")
    jobs_waiting: int = Field(100, ge=1, description="uploads that may wait to be ingested")
    seconds: float = Field(30.0, gt=0, description="server time one question may take")
    concurrent: int = Field(4, ge=1, description="questions worked on at once")
    waiting: int = Field(64, ge=0, description="questions that may wait for their turn")


class SiteKey(BaseModel):
    """What a widget's public key opens: these collections, to pages of these origins."""

    model_config = _FROZEN
    origins: tuple[Origin, ...] = Field(min_length=1)
    collections: tuple[str, ...] = (DEFAULT_COLLECTION,)


class WidgetSettings(BaseModel):
    """Who may ask from other sites' pages, how often, and what is suggested to them."""

    model_config = _FROZEN
    origins: tuple[Origin | Literal["*"], ...] = Field((), description="sites that may ask `public`")
    public: tuple[str, ...] = Field((), description="collections that `origins` may ask without a token")
    keys: dict[str, SiteKey] = Field({}, description="public keys, by name; a page gets tokens for its own")
    token_seconds: int = Field(600, ge=1, description="how long a token holds")
    per_minute: int = Field(30, ge=1, description="requests of one token, or address without one")
    tokens_per_minute: int = Field(60, ge=1, description="tokens given to one address")
    suggestions: dict[str, tuple[str, ...]] = Field(
        {}, description="questions to start with, by collection; those not named get some made of headings"
    )


class Settings(BaseSettings):
    """All settings, with defaults that work offline.

    >>> Settings(data="/tmp/x").read.passages
    6
    """

    model_config = SettingsConfigDict(
        env_prefix="SAYWHERE_", env_nested_delimiter="__", frozen=True, extra="ignore"
    )

    data: Path = Field(Path("data"), description="the data folder: catalog, indexes, lock")
    cache: Path = Field(default_factory=_default_cache, description="compiled models")
    embedder: str = Field(
        "all-MiniLM-L6-v2", description="the packaged model, a sentence-transformers folder or hub name"
    )
    embedder_precision: Literal["int8", "fp32"] = "int8"
    reader: str = Field(
        "packaged", description="the packaged model, or an AutoModelForQuestionAnswering folder or hub name"
    )
    chroma_url: str | None = Field(None, description="a Chroma server in place of the embedded one")
    vector_store: str = Field(
        "chroma", description="'chroma', or 'package.module:factory' of a llama-index vector store"
    )
    api_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="the bearer key for writing documents over HTTP",
    )
    threads: int = Field(0, ge=0, description="model threads; 0: one a core")
    split: SplitSettings = SplitSettings()
    retrieve: RetrieveSettings = RetrieveSettings()
    read: ReadSettings = ReadSettings()
    decide: DecideSettings = DecideSettings()
    limits: LimitSettings = LimitSettings()
    widget: WidgetSettings = WidgetSettings()


def load(**overrides: Any) -> Settings:
    """Settings from the environment, with overrides (None: not given) on top.

    Raises:
        InvalidSettings: naming each setting that can't be used and why.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        lines = "; ".join(
            f"SAYWHERE_{'__'.join(str(part) for part in e['loc']).upper()}: {e['msg']}"
            for e in error.errors()
        )
        raise InvalidSettings(lines) from None
    except SettingsError as error:  # a group that was given whole, and isn't JSON
        raise InvalidSettings(str(error)) from None
