"""The values that travel through Saywhere: frozen, slotted, standard library only.

Every offset is a half-open range of Unicode code points into ``Document.text`` (as the W3C
TextPositionSelector). JavaScript counts UTF-16 units: code there must never index with these.
"""

from __future__ import annotations

from rag.types.answers import (
    Abstention,
    Answer,
    AnswerUnit,
    Certainty,
    Citation,
    Conflict,
    Outcome,
    Reason,
    Statement,
    StatementRole,
)
from rag.types.documents import (
    DEFAULT_COLLECTION,
    Block,
    BlockKind,
    Document,
    Mention,
    Page,
    Passage,
    Section,
    text_sha256,
)
from rag.types.questions import (
    Candidate,
    Polarity,
    Question,
    QuestionForm,
    Reading,
    Scores,
    SpanAnswer,
    Turn,
)
from rag.types.span import Span
from rag.types.trace import (
    CiteStep,
    DecideStep,
    DraftStep,
    DroppedSentence,
    DropRule,
    ReadPassage,
    ReadSpan,
    ReadStep,
    RefineStep,
    RetrievedPassage,
    RetrieveStep,
    RewriteStep,
    Step,
    Trace,
)

__all__ = [
    "DEFAULT_COLLECTION",
    "Abstention",
    "Answer",
    "AnswerUnit",
    "Block",
    "BlockKind",
    "Candidate",
    "Certainty",
    "Citation",
    "CiteStep",
    "Conflict",
    "DecideStep",
    "Document",
    "DraftStep",
    "DropRule",
    "DroppedSentence",
    "Mention",
    "Outcome",
    "Page",
    "Passage",
    "Polarity",
    "Question",
    "QuestionForm",
    "ReadPassage",
    "ReadSpan",
    "ReadStep",
    "Reading",
    "Reason",
    "RefineStep",
    "RetrieveStep",
    "RetrievedPassage",
    "RewriteStep",
    "Scores",
    "Section",
    "Span",
    "SpanAnswer",
    "Statement",
    "StatementRole",
    "Step",
    "Trace",
    "Turn",
    "text_sha256",
]
