"""The reader: an extractive question-answering model of the SQuAD 2 kind, run by ONNX Runtime.

Method: Devlin et al. 2019 (arXiv:1810.04805), section 4.3: an answer's score is the sum of its
start and end logits, "no answer" is scored by those of the first token. The packaged model and its
recipe are described in ``rag/models/reader/MODEL_CARD.md``; any ``AutoModelForQuestionAnswering``
folder or hub name can take its place by setting.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.adapters.onnx import OnnxModel, encodable, open_tokenizer
from rag.adapters.weights import check_files, compiled, file_sha256, folder_sha256, read_pins
from rag.errors import ModelError
from rag.names import whole_name
from rag.types import Candidate, SpanAnswer
from rag.view import View, view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGED = "packaged"
_FOLDER = Path(__file__).resolve().parent.parent / "models" / "reader"
_MAX_TOKENS = 384
_STRIDE = 96
_QUESTION_TOKENS = 64
_ANSWER_TOKENS = 40
_STARTS = 8  # starts and ends weighed for each window
_KEPT = 4  # spans kept for each candidate


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    start: int
    end: int


class SpanReader:
    """Fulfils ``Reader``. A passage longer than the model's window is read in overlapping windows."""

    def __init__(self, source: str, *, cache: Path, threads: int = 0) -> None:
        model, tokenizer, weights = _files(source, cache)
        self._tokenizer = open_tokenizer(tokenizer)
        self._model = OnnxModel(model, threads=threads)
        self._fingerprint = f"{Path(source).name}:{weights[:12]}"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]:
        asked = self._cut(encodable(question))
        return self._model.each(lambda candidate: self._read_one(asked, candidate), candidates)

    def _cut(self, question: str) -> str:
        """The question's first tokens: a very long one must leave room for the passage."""
        tokens = self._tokenizer.encode(question, add_special_tokens=False)
        if len(tokens.ids) <= _QUESTION_TOKENS:
            return question
        return question[: tokens.offsets[_QUESTION_TOKENS - 1][1]]

    def _read_one(self, question: str, candidate: Candidate) -> list[SpanAnswer]:
        view = view_of(candidate)
        spans: list[_Scored] = []
        no_answer = float("inf")
        for window in self._windows(question, encodable(view.text)):
            start, end = self._model.run(window.ids, window.type_ids)[:2]
            no_answer = min(no_answer, float(start[0] + end[0]))
            spans += _best_spans(start, end, window)
        return _answers(candidate, view, spans, no_answer)

    def _windows(self, question: str, text: str) -> list[Any]:
        whole = self._tokenizer.encode(question, text)
        if len(whole.ids) <= _MAX_TOKENS:
            return [whole]
        parts = []
        body = self._tokenizer.encode(text, add_special_tokens=False)
        room = _MAX_TOKENS - (len(whole.ids) - len(body.ids))
        first = 0
        while first < len(body.ids):
            last = min(first + room, len(body.ids)) - 1
            low, high = body.offsets[first][0], body.offsets[last][1]
            parts.append(_Window(self._tokenizer.encode(question, text[low:high]), low))
            if last == len(body.ids) - 1:
                break
            first += room - _STRIDE
        return parts


class _Window:
    """An encoding of a part of a text, its offsets moved to where the part starts."""

    def __init__(self, encoding: Any, low: int) -> None:
        self.ids = encoding.ids[:512]
        self.type_ids = encoding.type_ids[:512]
        self.sequence_ids = encoding.sequence_ids[:512]
        self.offsets = [(a + low, b + low) for a, b in encoding.offsets[:512]]


def _best_spans(start: NDArray[Any], end: NDArray[Any], window: Any) -> list[_Scored]:
    """The best spans of one window, in code points of the view, best first."""
    import numpy as np

    inside = np.array([kind == 1 for kind in window.sequence_ids])
    if not inside.any():
        return []
    low = np.float32(-1e9)
    starts = np.argsort(-np.where(inside, start, low), kind="stable")[:_STARTS]
    ends = np.argsort(-np.where(inside, end, low), kind="stable")[:_STARTS]
    found = [
        _Scored(float(start[s] + end[e]), window.offsets[s][0], window.offsets[e][1])
        for s in starts
        for e in ends
        if inside[s] and inside[e] and s <= e < s + _ANSWER_TOKENS
    ]
    return sorted(found, key=lambda span: (-span.score, span.start, span.end))


def _answers(candidate: Candidate, view: View, spans: list[_Scored], no_answer: float) -> list[SpanAnswer]:
    """Spans led back to the document, best first, none overlapping a better one."""
    kept: list[_Scored] = []
    answers: list[SpanAnswer] = []
    for scored in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(kept) == _KEPT:
            break
        if any(scored.start < other.end and other.start < scored.end for other in kept):
            continue
        place = view.place(scored.start, scored.end)
        if place is None or not place.text:
            continue
        kept.append(scored)
        span, text = place.span, place.text
        if not place.referents:
            span = whole_name(candidate.document.text, span, candidate.passage.span)
            text = span.slice(candidate.document.text).strip()
        answers.append(
            SpanAnswer(
                candidate=candidate,
                span=span,
                text=text,
                score=scored.score,
                no_answer_score=no_answer,
                referents=place.referents,
            )
        )
    return answers


def _files(source: str, cache: Path) -> tuple[Path, Path, str]:
    """(graph, tokenizer, hash of the weights); the packaged ones are checked against their pins."""
    if source == PACKAGED:
        pins = read_pins(_FOLDER)
        if not {"reader.onnx", "tokenizer.json"} <= pins.keys():
            raise ModelError(f"{_FOLDER / 'sha256.json'} doesn't pin the reader's files; install again")
        check_files(_FOLDER, pins)
        return _FOLDER / "reader.onnx", _FOLDER / "tokenizer.json", pins["reader.onnx"]
    folder = Path(source)
    ready = folder / "model.onnx"
    if ready.is_file():
        return ready, folder / "tokenizer.json", file_sha256(ready)
    from hashlib import sha256

    weights = folder_sha256(folder) if folder.is_dir() else sha256(source.encode()).hexdigest()
    made = compiled(source, "reader", weights, "int8", cache)
    return made / "model.onnx", made / "tokenizer.json", weights


def packaged_calibration() -> dict[str, Any]:
    """The calibration fitted for the packaged reader (see ``rag/decide.py``).

    Raises:
        ModelError: the file is missing or damaged.
    """
    path = _FOLDER / "calibration.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}") from error
    return found
