"""The reader: an extractive question-answering model of the SQuAD 2 kind, run by ONNX Runtime.

Method: Devlin et al. 2019 (arXiv:1810.04805), section 4.3: an answer's score is the sum of its
start and end logits, "no answer" is scored by those of the first token. The packaged model and its
recipe are described in ``rag/models/reader/MODEL_CARD.md``; any ``AutoModelForQuestionAnswering``
folder or hub name can take its place by setting.

The answer that is given is looked at twice: in its passage, and once more among its own sentence and one
on either side, a weighted mean of both looks' log probabilities. On gold paragraphs that took XQuAD-en's
exact match from 0.649 to 0.678 and QED's from 0.443 to 0.448 (docs/decisions/running-models.md).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.adapters.onnx.model_files import check_files, compiled, file_sha256, folder_sha256, read_pins
from rag.adapters.onnx.session import OnnxModel, encodable, open_tokenizer
from rag.errors import ModelError
from rag.reading.context import ReaderContext, SourceSpan, reader_context
from rag.reading.name_boundaries import whole_name
from rag.types import Candidate, Passage, Span, SpanAnswer

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGED = "packaged"
_FOLDER = Path(__file__).resolve().parents[2] / "models" / "reader"
_MAX_TOKENS = 384
_STRIDE = 96
_QUESTION_TOKENS = 64
_ANSWER_TOKENS = 40
_STARTS = 8  # starts and ends weighed for each window
_KEPT = 4  # spans kept for each candidate
# What a span loses that runs on into another sentence: "1920 . Originally the competition was entered by …".
# On gold paragraphs QED's F1 and exact match were 0.615, 0.474 without it, 0.619, 0.478 with it and 0.618,
# 0.477 where no such span was allowed (a sentence may be cut at "Ste ."); XQuAD-en's were the same.
_ACROSS = 2.0
_REMEMBERED = 64  # readings, for a closer look at one of them
_CLOSE = 0.25  # what the closer look counts beside the first


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _ForwardPass:
    """A view read in one piece: the logits of an answer's start and end at each token."""

    view: ReaderContext
    window: Any
    start: NDArray[Any]
    end: NDArray[Any]

    def places(self) -> list[tuple[tuple[int, int], int] | None]:
        """Where each token is from, and its length; None for those of the question, or from nowhere."""
        return [
            (origin, b - a) if kind == 1 and (origin := self.view.origin(a)) is not None else None
            for (a, b), kind in zip(self.window.offsets, self.window.sequence_ids, strict=True)
        ]


class SpanReader:
    """Fulfils ``Reader``. A passage longer than the model's window is read in overlapping windows."""

    def __init__(self, source: str, *, cache: Path, threads: int = 0) -> None:
        model, tokenizer, weights = _files(source, cache)
        self._tokenizer = open_tokenizer(tokenizer)
        self._model = OnnxModel(model, threads=threads)
        self._fingerprint = f"{Path(source).name}:{weights[:12]}"
        self._looks: OrderedDict[tuple[str, Passage], _ForwardPass] = OrderedDict()
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def knows(self, word: str, /) -> bool:
        return self._tokenizer.token_to_id(word) is not None

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[list[SpanAnswer]]:
        asked = self._cut(encodable(question))
        return self._model.each(lambda candidate: self._read_one(asked, candidate), candidates)

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        candidate = answer.candidate
        within = _around(candidate.passage, answer.span)
        if within == candidate.passage.span:
            return answer
        asked = self._cut(encodable(question))
        view = reader_context(candidate, within)
        windows = self._windows(asked, encodable(view.text))
        if len(windows) > 1:
            return answer
        look = self._look(view, windows[0])
        whole = self._remembered(asked, candidate)
        start, end = _averaged(look, whole) if whole else (look.start, look.end)
        for scored in _best_spans(replace(look, start=start, end=end), candidate.passage):
            place = _placed(candidate, view, scored)
            if place is not None:
                return replace(answer, span=place.span, text=place.text, antecedents=place.antecedents)
        return answer

    def _look(self, view: ReaderContext, window: Any) -> _ForwardPass:
        start, end = self._model.run(window.ids, window.type_ids)[:2]
        return _ForwardPass(view, window, start, end)

    def _remember(self, question: str, candidate: Candidate, look: _ForwardPass) -> None:
        with self._lock:
            self._looks[question, candidate.passage] = look
            if len(self._looks) > _REMEMBERED:
                self._looks.popitem(last=False)

    def _remembered(self, question: str, candidate: Candidate) -> _ForwardPass | None:
        """How the whole passage was read, read again where that is forgotten; None for a long one."""
        with self._lock:
            known = self._looks.get((question, candidate.passage))
        if known is not None:
            return known
        view = reader_context(candidate)
        windows = self._windows(question, encodable(view.text))
        return self._look(view, windows[0]) if len(windows) == 1 else None

    def _cut(self, question: str) -> str:
        """The question's first tokens: a very long one must leave room for the passage."""
        tokens = self._tokenizer.encode(question, add_special_tokens=False)
        if len(tokens.ids) <= _QUESTION_TOKENS:
            return question
        return question[: tokens.offsets[_QUESTION_TOKENS - 1][1]]

    def _read_one(self, question: str, candidate: Candidate) -> list[SpanAnswer]:
        view = reader_context(candidate)
        spans: list[_Scored] = []
        no_answer = float("inf")
        looks = [self._look(view, window) for window in self._windows(question, encodable(view.text))]
        for look in looks:
            no_answer = min(no_answer, float(look.start[0] + look.end[0]))
            spans += _best_spans(look, candidate.passage)
        if len(looks) == 1:
            self._remember(question, candidate, looks[0])
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


def _best_spans(look: _ForwardPass, passage: Passage) -> list[_Scored]:
    """The best spans of one look, in code points of its view, best first."""
    import numpy as np

    window, start, end = look.window, look.start, look.end
    inside = np.array([kind == 1 for kind in window.sequence_ids])
    if not inside.any():
        return []
    low = np.float32(-1e9)
    starts = np.argsort(-np.where(inside, start, low), kind="stable")[:_STARTS]
    ends = np.argsort(-np.where(inside, end, low), kind="stable")[:_STARTS]
    sentence = {n: _sentence_at(look.view, passage, window.offsets[n][0]) for n in {*starts, *ends}}
    found = [
        _Scored(
            float(start[s] + end[e]) - (_ACROSS if sentence[s] != sentence[e] else 0.0),
            window.offsets[s][0],
            window.offsets[e][1],
        )
        for s in starts
        for e in ends
        if inside[s] and inside[e] and s <= e < s + _ANSWER_TOKENS
    ]
    return sorted(found, key=lambda span: (-span.score, span.start, span.end))


def _sentence_at(view: ReaderContext, passage: Passage, at: int) -> int:
    """How many of a passage's sentences have begun at an offset of its view; -1 for text from nowhere."""
    origin = view.origin(at)
    return -1 if origin is None else bisect_right(passage.sentences, origin[0], key=lambda span: span.start)


def _answers(
    candidate: Candidate, view: ReaderContext, spans: list[_Scored], no_answer: float
) -> list[SpanAnswer]:
    """Spans led back to the document, best first, none overlapping a better one."""
    kept: list[_Scored] = []
    answers: list[SpanAnswer] = []
    for scored in sorted(spans, key=lambda span: (-span.score, span.start, span.end)):
        if len(kept) == _KEPT:
            break
        if any(scored.start < other.end and other.start < scored.end for other in kept):
            continue
        place = _placed(candidate, view, scored)
        if place is None:
            continue
        kept.append(scored)
        answers.append(
            SpanAnswer(
                candidate=candidate,
                span=place.span,
                text=place.text,
                score=scored.score,
                no_answer_score=no_answer,
                antecedents=place.antecedents,
            )
        )
    return answers


def _placed(candidate: Candidate, view: ReaderContext, scored: _Scored) -> SourceSpan | None:
    """A span of a view in the document, names not cut in two; None where it is no answer's place."""
    place = view.place(scored.start, scored.end)
    if place is None or not place.text:
        return None
    if place.antecedents:
        return place
    span = whole_name(candidate.document.text, place.span, candidate.passage.span)
    return replace(place, span=span, text=span.slice(candidate.document.text).strip())


def _around(passage: Passage, span: Span) -> Span:
    """The sentences of a span with one on either side; the whole passage for what lies in none."""
    held = [number for number, sentence in enumerate(passage.sentences) if sentence.overlaps(span)]
    if not held:
        return passage.span
    first, last = max(0, held[0] - 1), min(len(passage.sentences) - 1, held[-1] + 1)
    if (first, last) == (0, len(passage.sentences) - 1):
        return passage.span
    return Span(passage.sentences[first].start, passage.sentences[last].end)


def _log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    shifted = logits - logits.max()
    found: NDArray[Any] = shifted - np.log(np.exp(shifted).sum())
    return found


def _averaged(look: _ForwardPass, whole: _ForwardPass) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both looks' log probabilities, weighted, for tokens of the first that the second has, too."""
    import numpy as np

    near = _log_softmax(look.start), _log_softmax(look.end)
    far = _log_softmax(whole.start), _log_softmax(whole.end)

    there = {place: number for number, place in enumerate(whole.places()) if place is not None}
    pairs = [(number, there.get(place)) for number, place in enumerate(look.places()) if place is not None]
    start, end = np.full_like(look.start, -50), np.full_like(look.end, -50)
    for number, other in pairs:
        if other is not None:
            start[number] = _CLOSE * near[0][number] + (1 - _CLOSE) * far[0][other]
            end[number] = _CLOSE * near[1][number] + (1 - _CLOSE) * far[1][other]
    return start, end


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
    """The calibration fitted for the packaged reader (see ``rag/answering/decision.py``).

    Raises:
        ModelError: the file is missing or damaged.
    """
    path = _FOLDER / "calibration.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}") from error
    return found
