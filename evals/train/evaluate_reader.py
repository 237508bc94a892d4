"""Evaluates the reader alone on the open sets: reading, and abstention where a text has no answer.

``python -m evals.train.evaluate_reader MODEL.onnx --open ../shared/data/open`` prints one line a figure.
Texts run one by one, as in the service: dynamic int8 scales activations over a batch, so that in a batch a
text's scores depend on its neighbours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from evals.metrics.auroc import auroc_between
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile
from evals.statistics import bootstrap_interval
from evals.train.data.examples import sentence_spans
from evals.train.data.questions import read_json_lines
from evals.train.model.batches import load_tokenizer
from evals.train.model.predictions import SpanPrediction, onnx_logits, predict_spans
from rag.adapters.onnx.reader import OnnxReader
from rag.types import Candidate, Document, Passage, Scores, Span

_MAX_TOKENS = 512
_PASSAGE_WORDS = 150


class EvaluatedReader:
    """A model file under evaluation.

    Args:
        model: an ONNX span model.
        tokenizer: folder of its tokenizer.
    """

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._files = {"model.onnx": model, "tokenizer.json": tokenizer / "tokenizer.json"}
        self._tokenizer = load_tokenizer(tokenizer, _MAX_TOKENS)
        self._logits = onnx_logits(model)

    def predict(self, pairs: Sequence[tuple[str, str]]) -> list[SpanPrediction]:
        """The best span of one forward pass, for each (question, text)."""
        return predict_spans(pairs, self._tokenizer, self._logits, batch_size=1)

    def margins(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The best span's margin over "no answer" in logits, for each (question, text)."""
        return [prediction.margin for prediction in self.predict(pairs)]

    def served_answers(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """The answer as the service finds it, each text one passage, with span refinement."""
        with TemporaryDirectory() as folder:
            for name, path in self._files.items():
                (Path(folder) / name).symlink_to(path.resolve())
            reader = OnnxReader(folder, cache=Path(folder))
            return [_served_answer(reader, question, _as_candidate(text)) for question, text in pairs]


def _served_answer(reader: OnnxReader, question: str, candidate: Candidate) -> str:
    best = reader.read(question, [candidate])[0].spans[:1]
    return reader.refine(question, best[0]).text if best else ""


def _as_candidate(text: str) -> Candidate:
    document = Document(id="text", uri="text", title="", text=text)
    passage = Passage(
        document_id="text", version=document.sha256, span=Span(0, len(text)), sentences=sentence_spans(text)
    )
    return Candidate(passage=passage, document=document, scores=Scores(fused=0.0))


def split_passages(text: str, words: int = _PASSAGE_WORDS) -> list[str]:
    """A text in runs of whole sentences of at most ``words`` words (a longer sentence stays whole)."""
    passages: list[str] = []
    size = 0
    for span in sentence_spans(text):
        sentence = span.slice(text)
        count = sentence.count(" ") + 1
        if passages and size + count <= words:
            passages[-1] += " " + sentence
            size += count
        else:
            passages.append(sentence)
            size = count
    return passages


def best_threshold(answerable: Sequence[float], unanswerable: Sequence[float]) -> tuple[float, float]:
    """The margin from which to answer with the highest balanced accuracy, and that accuracy.

    Youden's index (Youden 1950): the maximum over all thresholds.
    """
    positives, negatives = np.asarray(answerable), np.asarray(unanswerable)
    thresholds = np.unique(np.concatenate([positives, negatives]))
    accuracies = [((positives >= t).mean() + (negatives < t).mean()) / 2 for t in thresholds]
    best = int(np.argmax(accuracies))
    return float(thresholds[best]), float(accuracies[best])


def evaluate_xquad(reader: EvaluatedReader, folder: Path) -> Iterator[str]:
    """F1 and exact match on the gold paragraph; AUROC of it against it without the answer's sentence."""
    texts, queries = _read_set(folder)
    pairs = [(query["text"], texts[query["context_doc"]]) for query in queries]
    predictions = reader.predict(pairs)
    answers = {"": [p.text for p in predictions], " with span refinement": reader.served_answers(pairs)}
    for variant, predicted in answers.items():
        for name, metric in (("F1", f1), ("EM", exact_match)):
            values = [100 * metric(a, q["answers"]) for a, q in zip(predicted, queries, strict=True)]
            interval = bootstrap_interval(values)
            bounds = f"[{interval.low:.1f}, {interval.high:.1f}]"
            yield f"xquad-en{variant} {name} {interval.mean:.1f} {bounds} n={len(values)}"
    removed = [(q["text"], _without_answer(text, q)) for q, (_, text) in zip(queries, pairs, strict=True)]
    unanswerable_pairs = [pair for pair in removed if pair[1]]
    answerable, unanswerable = [p.margin for p in predictions], reader.margins(unanswerable_pairs)
    size = f"n={len(answerable)}+{len(unanswerable)}"
    yield f"xquad-en AUROC gold against removed {auroc_between(answerable, unanswerable):.3f} {size}"
    yield f"xquad-en balanced accuracy {best_threshold(answerable, unanswerable)[1]:.3f}"


def evaluate_clapnq(reader: EvaluatedReader, folder: Path) -> Iterator[str]:
    """Balanced accuracy of abstention at the best threshold, the question's own text given."""
    texts, queries = _read_set(folder)
    answerable, unanswerable = _margins_by_answerability(
        reader, queries, lambda query: [texts[query["context_doc"]]]
    )
    threshold, accuracy = best_threshold(answerable, unanswerable)
    area = auroc_between(answerable, unanswerable)
    yield f"clapnq balanced accuracy {accuracy:.3f} at {threshold:.2f}, AUROC {area:.3f}"


def evaluate_nomiracl(reader: EvaluatedReader, folder: Path) -> Iterator[str]:
    """AUROC over each question's ten candidates, and both error rates at three thresholds."""
    texts, queries = _read_set(folder)
    answerable, unanswerable = _margins_by_answerability(
        reader, queries, lambda query: [texts[candidate] for candidate in query["candidates"]]
    )
    yield f"nomiracl AUROC {auroc_between(answerable, unanswerable):.3f}"
    thresholds = (
        best_threshold(answerable, unanswerable)[0],
        percentile(answerable, 10) or 0.0,
        percentile(answerable, 15) or 0.0,
    )
    for threshold in thresholds:
        yield (
            f"nomiracl at {threshold:.2f}: answers {_percent(m >= threshold for m in unanswerable)} % of what"
            f" it should decline, declines {_percent(m < threshold for m in answerable)} % of what it should"
            " answer"
        )


def _margins_by_answerability(
    reader: EvaluatedReader,
    queries: Sequence[dict[str, Any]],
    texts_of: Callable[[dict[str, Any]], Sequence[str]],
) -> tuple[list[float], list[float]]:
    """The highest margin over all passages of each question's texts: answerable, then unanswerable ones."""
    margins: dict[bool, list[float]] = {True: [], False: []}
    for query in queries:
        pairs = [(query["text"], passage) for text in texts_of(query) for passage in split_passages(text)]
        margins[bool(query["answerable"])].append(max(reader.margins(pairs)))
    return margins[True], margins[False]


def _percent(values: Iterable[bool]) -> str:
    return f"{100 * mean(values):.1f}"


def _without_answer(text: str, query: dict[str, Any]) -> str:
    """The text without the sentences that contain the answer; "" where none or all of them do."""
    answer = query["answers"][0].lower()
    sentences = [span.slice(text) for span in sentence_spans(text)]
    rest = " ".join(sentence for sentence in sentences if answer not in sentence.lower())
    return rest if len(rest) < len(text) - 1 and rest else ""


def _read_set(folder: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """An open set's texts by id, and its questions."""
    texts = {record["_id"]: record["text"] for record in read_json_lines(folder / "corpus.jsonl.gz")}
    return texts, list(read_json_lines(folder / "queries.jsonl.gz"))


_SETS = {"xquad-en": evaluate_xquad, "clapnq-dev": evaluate_clapnq, "nomiracl-en": evaluate_nomiracl}


def main(arguments: list[str] | None = None) -> int:
    """Evaluate a model file from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.evaluate_reader", description="Evaluate a reader."
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--open", type=Path, required=True, help="folder of the open sets")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--sets", nargs="*", choices=sorted(_SETS), default=sorted(_SETS))
    options = parser.parse_args(arguments)
    reader = EvaluatedReader(options.model, options.tokenizer)
    for name in options.sets:
        for line in _SETS[name](reader, options.open / name):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
