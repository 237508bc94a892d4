"""Every kind of problem, and the tables that map exceptions to kinds. The only place with status codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from api.errors import (
    AccessDenied,
    AccessOff,
    KeyNeeded,
    NotAllowed,
    OriginRefused,
    RateLimited,
    TokenNeeded,
    UnknownAnswer,
    WritingOff,
)
from rag import errors


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One kind of problem.

    Args:
        slug: the last part of its ``type``, a path of this service that explains it.
        retry_after: seconds after which another try makes sense; None: no such advice.
        exposes_message: the exception's message is sent as ``detail``. False where messages may name
            this server's files or models: those are logged only.
    """

    status: int
    slug: str
    title: str
    retry_after: int | None = None
    exposes_message: bool = True

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


UNEXPECTED = ProblemKind(
    status=500, slug="unexpected", title="Something went wrong here", exposes_message=False
)
INVALID_REQUEST = ProblemKind(status=422, slug="invalid-request", title="The request can't be understood")
MISDIRECTED = ProblemKind(
    status=421, slug="other-host", title="This service doesn't answer to that name (see serve --allow-host)"
)
_STORAGE = ProblemKind(
    status=500, slug="storage", title="The stored documents can't be read", exposes_message=False
)
_UNAVAILABLE = ProblemKind(
    status=503, slug="not-ready", title="The index isn't ready", retry_after=5, exposes_message=False
)

BY_ERROR: Mapping[type[errors.SaywhereError], ProblemKind] = {
    errors.InvalidQuestion: ProblemKind(
        status=422, slug="invalid-question", title="The question can't be asked"
    ),
    errors.InvalidText: ProblemKind(status=422, slug="invalid-text", title="The text can't be checked"),
    errors.InvalidSettings: ProblemKind(
        status=500, slug="settings", title="This service is set up wrongly", exposes_message=False
    ),
    errors.UnknownDocument: ProblemKind(
        status=404, slug="unknown-document", title="There is no such document"
    ),
    errors.NoOriginal: ProblemKind(status=404, slug="no-original", title="The file isn't kept"),
    errors.UnknownCollection: ProblemKind(
        status=404, slug="unknown-collection", title="There is no such collection"
    ),
    errors.UnknownKey: ProblemKind(status=404, slug="unknown-key", title="There is no such key"),
    errors.UnknownJob: ProblemKind(status=404, slug="unknown-job", title="There is no such job"),
    errors.JobOver: ProblemKind(status=409, slug="job-over", title="The job can't be cancelled"),
    errors.UnreadableDocument: ProblemKind(
        status=422, slug="unreadable-document", title="The document can't be read"
    ),
    errors.UnsupportedFormat: ProblemKind(
        status=415, slug="unsupported-format", title="A file is in no format that can be read"
    ),
    errors.NoTextRecognised: ProblemKind(
        status=422, slug="no-text-recognised", title="No text is recognised in the picture"
    ),
    errors.DocumentTooLarge: ProblemKind(
        status=413, slug="document-too-large", title="The document is too large"
    ),
    errors.UnsupportedBody: ProblemKind(
        status=415, slug="unsupported-body", title="Documents are not taken in this form"
    ),
    errors.StorageError: _STORAGE,
    errors.DamagedFile: _STORAGE,
    errors.DamagedDocument: _STORAGE,
    errors.StorageFull: ProblemKind(
        status=507, slug="storage-full", title="No space is left", exposes_message=False
    ),
    errors.NoDataFolder: _STORAGE,
    errors.DataFolderLocked: _UNAVAILABLE,
    errors.IndexMismatch: _UNAVAILABLE,
    errors.IndexUnavailable: _UNAVAILABLE,
    errors.ModelError: ProblemKind(
        status=500, slug="model", title="A model can't be used", exposes_message=False
    ),
    errors.LlmError: ProblemKind(
        status=502, slug="llm", title="The LLM gave nothing that can be used", exposes_message=False
    ),
    errors.DeadlineExceeded: ProblemKind(status=504, slug="deadline", title="The question took too long"),
    errors.Busy: ProblemKind(status=503, slug="busy", title="Too much at once", retry_after=1),
}
_BY_DENIAL: Mapping[type[AccessDenied], ProblemKind] = {
    OriginRefused: ProblemKind(status=403, slug="other-site", title="Pages of that site may not ask this"),
    TokenNeeded: ProblemKind(status=401, slug="token-needed", title="A token is needed"),
    WritingOff: ProblemKind(status=403, slug="writing-off", title="This service takes no documents"),
    AccessOff: ProblemKind(status=403, slug="access-off", title="That is off here: no credential is set"),
    NotAllowed: ProblemKind(status=403, slug="not-allowed", title="This key or person may not do that"),
    UnknownAnswer: ProblemKind(status=403, slug="unknown-answer", title="This service gave no such answer"),
    KeyNeeded: ProblemKind(status=401, slug="key-needed", title="A key is needed"),
    RateLimited: ProblemKind(
        status=429, slug="too-often", title="Too many requests in a minute", retry_after=60
    ),
}
_BY_STATUS: Mapping[int, ProblemKind] = {
    400: INVALID_REQUEST,
    404: ProblemKind(status=404, slug="not-found", title="There is nothing at this address"),
    405: ProblemKind(status=405, slug="wrong-method", title="This address isn't used that way"),
    408: ProblemKind(status=408, slug="too-slow", title="The request took too long to arrive"),
    413: ProblemKind(status=413, slug="body-too-large", title="The request is too large"),
    422: INVALID_REQUEST,
    415: ProblemKind(
        status=415, slug="wrong-content-type", title="The body must be sent as application/json"
    ),
}


def kinds() -> dict[str, ProblemKind]:
    """Every kind by its slug."""
    every = (
        UNEXPECTED,
        INVALID_REQUEST,
        MISDIRECTED,
        *BY_ERROR.values(),
        *_BY_DENIAL.values(),
        *_BY_STATUS.values(),
    )
    return {kind.slug: kind for kind in every}


def kind_of(error: type[BaseException]) -> ProblemKind:
    """The kind of an exception's class: its own entry, or its nearest parent's, or ``UNEXPECTED``."""
    table: Mapping[type, ProblemKind] = {**BY_ERROR, **_BY_DENIAL}
    return next((table[cls] for cls in error.__mro__ if cls in table), UNEXPECTED)


def kind_of_status(status: int) -> ProblemKind:
    """The kind for an error known by its status code alone."""
    phrase = HTTPStatus(status).phrase
    return _BY_STATUS.get(status) or ProblemKind(status=status, slug="http", title=phrase)
