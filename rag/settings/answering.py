"""Settings of how a question is answered: passages, retrieval, reading and the decision."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field, model_validator

from rag.settings.values import FROZEN


class SplitSettings(BaseModel):
    """The size of passages."""

    model_config = FROZEN
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

    model_config = FROZEN
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

    model_config = FROZEN
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

    model_config = FROZEN
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
