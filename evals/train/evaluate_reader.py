"""The reader alone on the open sets: reading, and knowing when a text has no answer.

``python -m evals.train.evaluate_reader MODEL.onnx --open ../shared/data/open`` prints one line a figure. Each
text runs alone, as the service runs it: dynamic int8 scales activations over a batch, so that in one
a text's scores would depend on its neighbours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.metrics.auroc import auroc_between
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.metrics.latency import percentile
from evals.statistics import bootstrap_interval
from evals.train.data.examples import json_lines, sentence_spans
from evals.train.model.batches import load_tokenizer
from evals.train.model.predictions import Logits, best_threshold, read
from rag.adapters.onnx.span_reader import SpanReader
from rag.types import Candidate, Document, Passage, Scores, Span

_TOKENS = 512
_PASSAGE_WORDS = 150


class Subject:
    """A model file under measurement."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._files = {"model.onnx": model, "tokenizer.json": tokenizer / "tokenizer.json"}
        self._tokenizer = load_tokenizer(tokenizer, _TOKENS)
        self._logits = onnx_logits(model)

    def margins(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """How far the best span is ahead of "no answer", for each (question, text)."""
        return [reading.margin for reading in read(pairs, self._tokenizer, self._logits, batch=1)]

    def answers(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """The best span's text, for each (question, text)."""
        return [reading.text for reading in read(pairs, self._tokenizer, self._logits, batch=1)]

    def served(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """The same as the service finds it: each text one passage, its answer looked at once more."""
        with TemporaryDirectory() as folder:
            for name, path in self._files.items():
                (Path(folder) / name).symlink_to(path.resolve())
            reader = SpanReader(folder, cache=Path(folder))
            return [_served(reader, question, _whole(text)) for question, text in pairs]


def _served(reader: SpanReader, question: str, candidate: Candidate) -> str:
    best = reader.read(question, [candidate])[0][:1]
    return reader.refine(question, best[0]).text if best else ""


def _whole(text: str) -> Candidate:
    document = Document(id="text", uri="text", title="", text=text)
    whole = Passage(
        document_id="text", version=document.sha256, span=Span(0, len(text)), sentences=sentence_spans(text)
    )
    return Candidate(passage=whole, document=document, scores=Scores(fused=0.0))


def onnx_logits(path: Path) -> Logits:
    """An ONNX span model as a function of arrays."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [node.name for node in session.get_inputs()]

    def run(inputs: dict[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        starts, ends = session.run(["start_logits", "end_logits"], {name: inputs[name] for name in names})
        return starts, ends

    return run


def passages(text: str, words: int = _PASSAGE_WORDS) -> list[str]:
    """A text in runs of whole sentences of at most ``words`` words (a longer sentence stays whole)."""
    parts: list[str] = []
    size = 0
    for span in sentence_spans(text):
        sentence = text[span.start : span.end]
        count = sentence.count(" ") + 1
        if parts and size + count <= words:
            parts[-1] += " " + sentence
            size += count
        else:
            parts.append(sentence)
            size = count
    return parts


def xquad(subject: Subject, folder: Path) -> Iterator[str]:
    """F1 and exact match, gold paragraph given; AUROC of it against it without the answer's sentence."""
    texts, queries = _load(folder)
    pairs = [(q["text"], texts[q["context_doc"]]) for q in queries]
    for how, answers in (("", subject.answers(pairs)), (" looked at twice", subject.served(pairs))):
        for name, measure in (("F1", f1), ("EM", exact_match)):
            values = [100 * measure(a, q["answers"]) for a, q in zip(answers, queries, strict=True)]
            scored = bootstrap_interval(values)
            bounds = f"[{scored.low:.1f}, {scored.high:.1f}]"
            yield f"xquad-en{how} {name} {scored.mean:.1f} {bounds} n={len(values)}"
    emptied = [(q["text"], _without(text, q)) for q, (_, text) in zip(queries, pairs, strict=True)]
    kept = [pair for pair in emptied if pair[1]]
    whole, less = subject.margins(pairs), subject.margins(kept)
    yield f"xquad-en AUROC gold against removed {auroc_between(whole, less):.3f} n={len(pairs)}+{len(kept)}"
    yield f"xquad-en balanced accuracy {best_threshold(whole, less)[1]:.3f}"


def clapnq(subject: Subject, folder: Path) -> Iterator[str]:
    """Balanced accuracy of answering or declining, its own passage given, at the best threshold."""
    texts, queries = _load(folder)
    best = [_best(subject, q["text"], [texts[q["context_doc"]]]) for q in queries]
    higher = [m for m, q in zip(best, queries, strict=True) if q["answerable"]]
    lower = [m for m, q in zip(best, queries, strict=True) if not q["answerable"]]
    cut, accuracy = best_threshold(higher, lower)
    yield f"clapnq balanced accuracy {accuracy:.3f} at {cut:.2f}, AUROC {auroc_between(higher, lower):.3f}"


def nomiracl(subject: Subject, folder: Path) -> Iterator[str]:
    """The two error rates over each question's ten candidates, at three thresholds."""
    texts, queries = _load(folder)
    best = [_best(subject, q["text"], [texts[c] for c in q["candidates"]]) for q in queries]
    higher = [m for m, q in zip(best, queries, strict=True) if q["answerable"]]
    lower = [m for m, q in zip(best, queries, strict=True) if not q["answerable"]]
    yield f"nomiracl AUROC {auroc_between(higher, lower):.3f}"
    cuts = (best_threshold(higher, lower)[0], percentile(higher, 10) or 0.0, percentile(higher, 15) or 0.0)
    for cut in cuts:
        yield (
            f"nomiracl at {cut:.2f}: answers {_percent(m >= cut for m in lower)} % of what it should decline,"
            f" declines {_percent(m < cut for m in higher)} % of what it should answer"
        )


def _percent(values: Iterable[bool]) -> str:
    return f"{100 * mean(values):.1f}"


def _best(subject: Subject, question: str, texts: Sequence[str]) -> float:
    """The highest margin over all passages of the texts."""
    return max(subject.margins([(question, passage) for text in texts for passage in passages(text)]))


def _without(text: str, query: dict[str, Any]) -> str:
    """The text without the sentences that hold the answer; "" where it stands elsewhere, too."""
    answer = query["answers"][0].lower()
    kept = [text[s.start : s.end] for s in sentence_spans(text)]
    rest = " ".join(sentence for sentence in kept if answer not in sentence.lower())
    return rest if len(rest) < len(text) - 1 and rest else ""


def _load(folder: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    texts = {d["_id"]: d["text"] for d in json_lines(folder / "corpus.jsonl.gz")}
    return texts, list(json_lines(folder / "queries.jsonl.gz"))


_SETS = {"xquad-en": xquad, "clapnq-dev": clapnq, "nomiracl-en": nomiracl}


def main(arguments: list[str] | None = None) -> int:
    """Measure a model file from the command line. 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.evaluate_reader", description="Measure a reader."
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--open", type=Path, required=True, help="folder of the open sets")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--sets", nargs="*", choices=sorted(_SETS), default=sorted(_SETS))
    options = parser.parse_args(arguments)
    subject = Subject(options.model, options.tokenizer)
    for name in options.sets:
        for line in _SETS[name](subject, options.open / name):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
