"""The latest answers, by their ids, so that feedback needs an id alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from api.schemas.convert import MAX_KEPT
from api.schemas.feedback import PlaceIn
from rag.wire.asking import AnswerOut

_MAX_ANSWERS = 2_000


class RecentAnswers:
    """What was asked, answered and cited, of the latest 2,000 answers. Safe from several threads."""

    def __init__(self, most: int = _MAX_ANSWERS) -> None:
        self._most = most
        self._fields: OrderedDict[str, Mapping[str, object]] = OrderedDict()
        self._lock = Lock()

    def add(self, collection: str, answer: AnswerOut) -> None:
        """Keeps an answer's or abstention's fields; the oldest one gives way. No quote is kept."""
        places = [
            PlaceIn(document_id=c.document_id, version=c.version, start=c.start, end=c.end)
            for c in answer.citations
        ]
        fields = {
            "collection": collection,
            "question": answer.question,
            "answer": (answer.answer or "")[:MAX_KEPT],
            "citations": places,
        }
        with self._lock:
            self._fields[answer.id] = fields
            while len(self._fields) > self._most:
                self._fields.popitem(last=False)

    def fields(self, answer_id: str) -> Mapping[str, object]:
        """What feedback says of an answer beside the rating: its collection, question, answer and citations.

        Empty for an answer that isn't remembered.
        """
        with self._lock:
            return self._fields.get(answer_id, {})
