"""All settings as one object, read from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from rag.errors import InvalidSettings
from rag.settings.access import AccessSettings, AuditSettings
from rag.settings.answering import DecideSettings, ReadSettings, RetrieveSettings, SplitSettings
from rag.settings.confluence import ConfluenceSettings
from rag.settings.formats import FormatSettings
from rag.settings.limits import (
    FeedbackSettings,
    LimitSettings,
    OcrSettings,
    OriginalSettings,
    QuestionLogSettings,
)
from rag.settings.llm import LlmSettings
from rag.settings.s3 import S3Settings
from rag.settings.sites import SiteSettings
from rag.settings.small_talk import SmallTalkSettings
from rag.settings.telemetry import TelemetrySettings
from rag.settings.values import DatabaseUrl, HttpUrl, Network
from rag.settings.widget import WidgetSettings


def _default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "saywhere"


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
    database_url: DatabaseUrl | None = Field(
        None,
        description="URL of a PostgreSQL database with pgvector, as postgresql://user:password@host/name: it "
        "then keeps documents, indexes, jobs, feedback and question log, and any number of processes may "
        "use it. Without one they are files of the data folder.",
    )
    database_connections: int = Field(
        16, ge=2, description="The most connections that a process opens to the database."
    )
    database_seconds: float = Field(
        30.0,
        gt=0,
        description="Seconds after which a read of the database is given up, and the request answered with "
        "503.",
    )
    api_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer key that may do everything over HTTP, at least 16 characters long (`saywhere "
        "keys` makes keys that may do less). Without any key the machine itself may do everything, and only "
        "with a service that other machines can't reach.",
    )
    public_url: HttpUrl | None = Field(
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
    readers: dict[str, tuple[str, ...]] = Field(
        {},
        description="Groups that may see the documents whose uri matches a pattern (of .gitignore), by "
        "pattern; the last one that matches counts, and an empty list means administrators alone. None by "
        "default.",
    )
    threads: int = Field(0, ge=0, description="Number of threads that models run on; 0 is one for each core.")
    split: SplitSettings = SplitSettings()
    retrieve: RetrieveSettings = RetrieveSettings()
    read: ReadSettings = ReadSettings()
    decide: DecideSettings = DecideSettings()
    small_talk: SmallTalkSettings = SmallTalkSettings()
    llm: LlmSettings = LlmSettings()
    limits: LimitSettings = LimitSettings()
    formats: FormatSettings = FormatSettings()
    ocr: OcrSettings = OcrSettings()
    originals: OriginalSettings = OriginalSettings()
    sites: SiteSettings = SiteSettings()
    s3: S3Settings = S3Settings()
    confluence: ConfluenceSettings = ConfluenceSettings()
    widget: WidgetSettings = WidgetSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    question_log: QuestionLogSettings = QuestionLogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    access: AccessSettings = AccessSettings()
    audit: AuditSettings = AuditSettings()


def load(**overrides: Any) -> Settings:
    """Settings from the environment; ``overrides`` that aren't None take precedence.

    Raises:
        InvalidSettings: names each setting that can't be used, with the reason.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        raise InvalidSettings(
            "; ".join(_line(e["loc"], e["type"], e["msg"]) for e in error.errors())
        ) from None
    except SettingsError as error:  # the value of a whole group isn't JSON
        raise InvalidSettings(str(error)) from None


def _line(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    name = f"SAYWHERE_{'__'.join(str(part) for part in loc).upper()}"
    if kind != "extra_forbidden":
        return f"{name}: {message}"
    from rag.settings.names import nearest_setting

    nearest = nearest_setting(name)
    return f"{name}: there is no such setting{f'; did you mean {nearest}?' if nearest else ''}"
