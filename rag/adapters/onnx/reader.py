"""The reader: an evidence reader, or an extractive question-answering model, run by ONNX Runtime.

Spans are read as by Devlin et al. 2019 (arXiv:1810.04805), section 4.3: an answer's score is the sum of its
start and end logits, "no answer" is scored by those of the first token. The packaged model has further heads
for relevance, support and polarity (``rag/reading/evidence.py``); its recipe is in
``rag/models/reader/MODEL_CARD.md``. Any ``AutoModelForQuestionAnswering`` folder or hub name can take its
place by setting: it then has spans alone.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from rag.adapters.onnx.model_files import check_files, compiled, file_sha256, folder_sha256, read_pins
from rag.adapters.onnx.session import OnnxModel, encodable, open_tokenizer
from rag.errors import ModelError
from rag.reading.context import ReaderContext, reader_context
from rag.reading.evidence import to_reading
from rag.reading.refinement import interpolate, surrounding_sentences
from rag.reading.span_selection import (
    EvidenceLogits,
    ForwardPass,
    ScoredSpan,
    context_spans,
    select_answers,
    source_span,
)
from rag.types import Candidate, Passage, Reading, Span, SpanAnswer

PACKAGED, PACKAGED_SPANS = "packaged", "packaged-spans"
_MODELS = Path(__file__).resolve().parents[2] / "models"
_FOLDER = _MODELS / "reader"
_PACKAGED_FOLDERS = {PACKAGED: _FOLDER, PACKAGED_SPANS: _MODELS / "span_reader"}
_MAX_TOKENS = 384  # of question and context in one window
_STRIDE = 96  # tokens that neighbouring windows share
_QUESTION_TOKENS = 64
_EVIDENCE_OUTPUTS = 5  # start, end, support, relevance, polarity: in this order
_CACHED_PASSES = 64  # forward passes kept for a later refinement


class OnnxReader:
    """Fulfils ``Reader``. A passage longer than the model's window is read in overlapping windows."""

    def __init__(self, source: str, *, cache: Path, threads: int = 0) -> None:
        model, tokenizer, weights = _files(source, cache)
        self._tokenizer = open_tokenizer(tokenizer)
        self._model = OnnxModel(model, threads=threads)
        self._has_evidence = len(self._model.outputs) == _EVIDENCE_OUTPUTS
        self._fingerprint = f"{Path(source).name}:{weights[:12]}"
        self._passes: OrderedDict[tuple[str, Passage], ForwardPass] = OrderedDict()
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def knows(self, word: str, /) -> bool:
        return self._tokenizer.token_to_id(word) is not None

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        truncated = self._truncate(encodable(question))
        return self._model.each(lambda candidate: self._read_one(truncated, candidate), candidates)

    def refine(self, question: str, answer: SpanAnswer, /) -> SpanAnswer:
        candidate = answer.candidate
        within = surrounding_sentences(candidate.passage, answer.span)
        if within == candidate.passage.span:
            return answer
        truncated = self._truncate(encodable(question))
        context = self._context(candidate, within)
        windows = self._windows(truncated, encodable(context.text))
        if len(windows) > 1:
            return answer
        narrow = self._run(context, windows[0])
        wide = self._pass_over_passage(truncated, candidate)
        start, end = interpolate(narrow, wide) if wide else (narrow.start, narrow.end)
        for scored in context_spans(replace(narrow, start=start, end=end), candidate.passage):
            source = source_span(candidate, context, scored)
            if source is not None:
                return replace(answer, span=source.span, text=source.text, antecedents=source.antecedents)
        return answer

    def _context(self, candidate: Candidate, within: Span | None = None) -> ReaderContext:
        """The text that the model reads; an evidence reader was taught with title and headings before it."""
        return reader_context(candidate, within, headings=self._has_evidence)

    def _read_one(self, question: str, candidate: Candidate) -> Reading:
        context = self._context(candidate)
        spans: list[ScoredSpan] = []
        no_answer_score = float("inf")
        passes = [self._run(context, window) for window in self._windows(question, encodable(context.text))]
        for forward_pass in passes:
            no_answer_score = min(no_answer_score, forward_pass.no_answer_score)
            spans += context_spans(forward_pass, candidate.passage)
        if len(passes) == 1:
            self._cache(question, candidate, passes[0])
        answers = select_answers(candidate, context, spans, no_answer_score)
        return to_reading(candidate, passes, answers)

    def _run(self, context: ReaderContext, window: Any) -> ForwardPass:
        start, end, *heads = self._model.run(window.ids, window.type_ids)
        evidence = None
        if self._has_evidence:
            support, relevance, polarity = heads
            evidence = EvidenceLogits(support, float(relevance), polarity)
        return ForwardPass(context, window, start, end, evidence)

    def _cache(self, question: str, candidate: Candidate, forward_pass: ForwardPass) -> None:
        with self._lock:
            self._passes[question, candidate.passage] = forward_pass
            if len(self._passes) > _CACHED_PASSES:
                self._passes.popitem(last=False)

    def _pass_over_passage(self, question: str, candidate: Candidate) -> ForwardPass | None:
        """The forward pass over the whole passage, run again if it isn't cached; None for a long one."""
        with self._lock:
            cached = self._passes.get((question, candidate.passage))
        if cached is not None:
            return cached
        context = self._context(candidate)
        windows = self._windows(question, encodable(context.text))
        return self._run(context, windows[0]) if len(windows) == 1 else None

    def _truncate(self, question: str) -> str:
        """The question's first tokens: a very long one must leave room for the passage."""
        tokens = self._tokenizer.encode(question, add_special_tokens=False)
        if len(tokens.ids) <= _QUESTION_TOKENS:
            return question
        return question[: tokens.offsets[_QUESTION_TOKENS - 1][1]]

    def _windows(self, question: str, text: str) -> list[Any]:
        """Encodings of the question with the text, or with overlapping parts of a long one."""
        whole = self._tokenizer.encode(question, text)
        if len(whole.ids) <= _MAX_TOKENS:
            return [whole]
        windows = []
        body = self._tokenizer.encode(text, add_special_tokens=False)
        room = _MAX_TOKENS - (len(whole.ids) - len(body.ids))
        first = 0
        while first < len(body.ids):
            last = min(first + room, len(body.ids)) - 1
            low, high = body.offsets[first][0], body.offsets[last][1]
            windows.append(_Window(self._tokenizer.encode(question, text[low:high]), low))
            if last == len(body.ids) - 1:
                break
            first += room - _STRIDE
        return windows


class _Window:
    """An encoding of a part of a text, its offsets moved to where the part starts."""

    def __init__(self, encoding: Any, low: int) -> None:
        self.ids = encoding.ids[:512]
        self.type_ids = encoding.type_ids[:512]
        self.sequence_ids = encoding.sequence_ids[:512]
        self.offsets = [(a + low, b + low) for a, b in encoding.offsets[:512]]


def _files(source: str, cache: Path) -> tuple[Path, Path, str]:
    """(graph, tokenizer, hash of the weights); the packaged ones are checked against their pins."""
    if source in _PACKAGED_FOLDERS:
        folder = _PACKAGED_FOLDERS[source]
        pins = read_pins(folder)
        if not {"reader.onnx", "tokenizer.json"} <= pins.keys():
            raise ModelError(f"{folder / 'sha256.json'} doesn't pin the reader's files; install again")
        check_files(folder, pins)
        return folder / "reader.onnx", folder / "tokenizer.json", pins["reader.onnx"]
    folder = Path(source)
    graph = folder / "model.onnx"
    if graph.is_file():
        return graph, folder / "tokenizer.json", file_sha256(graph)
    weights = folder_sha256(folder) if folder.is_dir() else sha256(source.encode()).hexdigest()
    compiled_folder = compiled(source, "reader", weights, "int8", cache)
    return compiled_folder / "model.onnx", compiled_folder / "tokenizer.json", weights


def packaged_calibration() -> dict[str, Any]:
    """The calibration fitted for the packaged reader (see ``rag/answering/calibration.py``).

    Raises:
        ModelError: the file is missing or damaged.
    """
    path = _FOLDER / "calibration.json"
    try:
        calibration: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} can't be read: {error}") from error
    return calibration
