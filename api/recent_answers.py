"""The latest answers, by their ids, so that feedback needs an id alone."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from api.schemas.feedback import PlaceIn
from rag.wire.asking import AnswerOut

_MAX_ANSWERS = 2_000


class RecentAnswers:
    """What was asked and answered, of the latest 2,000 answers; in memory, safe from several threads."""

    def __init__(self, most: int = _MAX_ANSWERS) -> None:
        self._most = most
        self._answers: OrderedDict[str, tuple[str, AnswerOut]] = OrderedDict()
        self._lock = Lock()

    def add(self, collection: str, answer: AnswerOut) -> None:
        """Keeps an answer or abstention; the oldest one gives way. Its trace isn't kept."""
        with self._lock:
            self._answers[answer.id] = collection, answer.model_copy(update={"trace": None})
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def fields(self, answer_id: str) -> dict[str, object]:
        """What feedback says of an answer: its collection, question, text and citations; empty if unknown."""
        with self._lock:
            collection, answer = self._answers.get(answer_id, ("", None))
        if answer is None:
            return {}
        places = [
            PlaceIn(document_id=c.document_id, version=c.version, start=c.start, end=c.end)
            for c in answer.citations
        ]
        return {
            "collection": collection,
            "question": answer.question,
            "answer": answer.answer or "",
            "citations": places,
        }
