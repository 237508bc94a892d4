"""Settings of the optional LLM."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from rag.settings.values import FROZEN


class LlmSettings(BaseModel):
    """An LLM that may rewrite questions and draft answers; without one nothing leaves the machine."""

    model_config = ConfigDict(**FROZEN, hide_input_in_errors=True)  # the input has a key
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
