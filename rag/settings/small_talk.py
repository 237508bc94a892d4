"""Settings of replies to small talk."""

from __future__ import annotations

from pydantic import BaseModel, Field, field_validator

from rag.settings.values import FROZEN
from rag.types import TalkKind

LANGUAGES = ("en", "de")
KINDS = (*TalkKind, "no_documents")


class SmallTalkSettings(BaseModel):
    """What is said where nothing is asked of the documents."""

    model_config = FROZEN
    replies: bool = Field(
        True,
        description="Whether greetings, thanks and questions about the service itself get a canned reply; "
        "otherwise they are asked like any question.",
    )
    texts: dict[str, dict[str, str]] = Field(
        {},
        description="Replies of your own, by language (en, de) and kind (greeting, wellbeing, thanks, "
        "farewell, acknowledgement, identity, maker, ability, documents, no_documents); the others stay "
        "as they are.",
    )

    @field_validator("texts")
    @classmethod
    def _known(cls, texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for language, by_kind in texts.items():
            if language not in LANGUAGES:
                raise ValueError(f"{language!r} is no language of small talk: {', '.join(LANGUAGES)}")
            for kind, text in by_kind.items():
                if kind not in KINDS:
                    raise ValueError(f"{kind!r} is no kind of small talk: {', '.join(KINDS)}")
                if not text.strip():
                    raise ValueError(f"the reply to {kind!r} is empty")
        return texts
