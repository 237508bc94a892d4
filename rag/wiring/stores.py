"""The open stores of one engine, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.ports.access_keys import KeyStore
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.feedback import FeedbackStore
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.ports.jobs import JobStore
    from rag.ports.originals import OriginalStore
    from rag.ports.question_log import QuestionLog
    from rag.ports.rebuilding import RebuildableIndex
    from rag.ports.signatures import SignatureStore
    from rag.storage.library import Library
    from rag.wiring.renewal import Renewing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The stores, with the library that writes them.

    ``embedder`` is the one that ``dense`` is asked with; ``cosines``: whether its similarities are those that
    the confidence was fitted on, as far as the settings say. ``snapshot`` makes all reads of a thread see one
    state. ``renewing`` makes the indexes anew; None where they are of the settings' embedder.
    """

    library: Library
    catalog: Catalog
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    cosines: bool = True
    jobs: JobStore
    signatures: SignatureStore
    feedback: FeedbackStore
    question_log: QuestionLog
    access_keys: KeyStore
    original_files: OriginalStore | None
    rebuildable: Sequence[RebuildableIndex] = ()
    notes: tuple[str, ...] = ()
    snapshot: Callable[[], AbstractContextManager[object]] = nullcontext
    renewing: Renewing | None = None
