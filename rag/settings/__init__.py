"""All settings as one typed object, read from the environment once and passed down.

A setting is an environment variable ``SAYWHERE_<NAME>``, one of a group ``SAYWHERE_<GROUP>__<NAME>``
(``SAYWHERE_READ__PASSAGES=4``). This package opens no file and loads no model.
"""

from __future__ import annotations

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
from rag.settings.settings import Settings, load
from rag.settings.sites import SiteSettings
from rag.settings.small_talk import SmallTalkSettings
from rag.settings.telemetry import TelemetrySettings
from rag.settings.widget import SiteKey, WidgetSettings

__all__ = [
    "AccessSettings",
    "AuditSettings",
    "ConfluenceSettings",
    "DecideSettings",
    "FeedbackSettings",
    "FormatSettings",
    "LimitSettings",
    "LlmSettings",
    "OcrSettings",
    "OriginalSettings",
    "QuestionLogSettings",
    "ReadSettings",
    "RetrieveSettings",
    "S3Settings",
    "Settings",
    "SiteKey",
    "SiteSettings",
    "SmallTalkSettings",
    "SplitSettings",
    "TelemetrySettings",
    "WidgetSettings",
    "load",
]
