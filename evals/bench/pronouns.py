"""``python -m evals.bench.pronouns``: how well pronouns are resolved, and what it does to answers.

Three measures on the open sets. *Labelled*: the pronouns in ``pronouns.jsonl`` (passages by document
id and offsets, for each pronoun a pattern of its antecedent, empty where nobody named before it is
meant), those ``read`` while the rules were written and those ``fresh``, labelled before the rules were
first run on them. *Person pages*: in an article whose title is a person's name, that person is taken for
each pronoun's antecedent. *Answers*: F1 of the packaged reader on QED's paragraphs, resolved and as they
stand. Precision counts resolved pronouns, recall all that have an antecedent.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evals.cases.case import DatasetError
from evals.datasets.gzipped import corpus, queries
from evals.metrics.f1 import f1
from rag.coreference.resolver import PronounResolver
from rag.english.given_names import GIVEN_NAMES
from rag.ports.reader import Reader
from rag.ports.resolver import Resolver
from rag.text import sentences
from rag.types import Candidate, Document, Passage, Scores, Span

SETS = ("qed-dev-nq", "ramdocs", "clapnq-dev", "multihoprag-news")
_PAGES = ("qed-dev-nq", "clapnq-dev")
_LABELS = Path(__file__).with_name("pronouns.jsonl")
_SAME_NAME = 0.5  # F1 from which an answer and an antecedent count as one name

Corpora = Mapping[str, Mapping[str, Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Pronouns resolved to the right name and to a wrong one, and all that have an antecedent."""

    right: int
    wrong: int
    total: int

    def __str__(self) -> str:
        resolved = self.right + self.wrong
        return (
            f"precision {self.right}/{resolved} = {self.right / max(1, resolved):.3f}, "
            f"recall {self.right}/{self.total} = {self.right / max(1, self.total):.3f}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """F1 of the reader's best span over ``questions`` whose paragraph has a resolved pronoun.

    The last three are of those of them whose answer is some pronoun's antecedent.
    """

    questions: int
    unresolved: float
    resolved: float
    antecedent_questions: int
    antecedent_unresolved: float
    antecedent_resolved: float


def load(folder: Path) -> Corpora:
    """The documents of each set by id.

    Raises:
        DatasetError: a set is missing or damaged.
    """
    return {name: {text.id: text.document() for text in corpus(folder / name)} for name in SETS}


def passage_of(document: Document, span: Span | None = None) -> Passage:
    """A stretch of a document (all of it by default) as one passage."""
    span = span or Span(0, len(document.text))
    parts = sentences(document.text, span) or (span,)
    return Passage(document_id=document.id, version=document.sha256, span=span, sentences=parts)


def labelled(resolver: Resolver, corpora: Corpora, part: str) -> Counts:
    """Against the labels of one part, ``read`` or ``fresh``."""
    right = wrong = total = 0
    for label in map(json.loads, _LABELS.read_text("utf-8").splitlines()):
        if label["part"] != part:
            continue
        document = corpora[label["set"]][label["document"]]
        antecedents = _antecedents(resolver, document, Span(label["start"], label["end"]))
        for start, pattern in label["gold"].items():
            name = antecedents.get(int(start))
            is_right = bool(name and pattern and re.search(pattern, name))
            right += is_right
            wrong += name is not None and not is_right
            total += bool(pattern)
    return Counts(right=right, wrong=wrong, total=total)


def person_pages(resolver: Resolver, documents: Iterable[Document]) -> Counts:
    """On articles about a person; a few pronouns do mean another, so precision is understated."""
    right = wrong = total = 0
    for document in documents:
        name = document.title.partition("(")[0].split()
        is_page = 2 <= len(name) <= 4 and name[0] in GIVEN_NAMES and name[-1] in document.text
        if not is_page:
            continue
        total += len(re.findall(r"\b(?:[Hh]e|[Ss]he)\b", document.text))
        for antecedent in _antecedents(resolver, document).values():
            is_right = name[-1] in antecedent or name[0] in antecedent.split()
            right += is_right
            wrong += not is_right
    return Counts(right=right, wrong=wrong, total=total)


def ms_per_kilobyte(resolver: Resolver, documents: Iterable[Document]) -> float:
    """Processor time for each thousand characters, splitting not counted."""
    pairs = [(document, passage_of(document)) for document in documents]
    started = time.process_time()
    for document, passage in pairs:
        resolver.resolve(document, [passage])
    return (time.process_time() - started) * 1e6 / sum(len(document.text) for document, _ in pairs)


def effect(resolver: Resolver, reader: Reader, folder: Path, documents: Mapping[str, Document]) -> Effect:
    """What resolving does to answers, on QED's questions with their own paragraph given."""
    scores = list(_scores(resolver, reader, folder, documents))
    of_antecedents = [pair for pair, is_antecedent in scores if is_antecedent]
    return Effect(
        questions=len(scores),
        unresolved=_mean(unresolved for (unresolved, _), _ in scores),
        resolved=_mean(resolved for (_, resolved), _ in scores),
        antecedent_questions=len(of_antecedents),
        antecedent_unresolved=_mean(unresolved for unresolved, _ in of_antecedents),
        antecedent_resolved=_mean(resolved for _, resolved in of_antecedents),
    )


def _scores(
    resolver: Resolver, reader: Reader, folder: Path, documents: Mapping[str, Document]
) -> Iterator[tuple[tuple[float, float], bool]]:
    """For each question F1 without and with resolution, and whether its answer is an antecedent."""
    for query in queries(folder):
        document = documents[query.relevant[0]]
        passage = resolver.resolve(document, [passage_of(document)])[0]
        if not passage.mentions:
            continue
        names = {mention.antecedent.slice(document.text) for mention in passage.mentions}
        unresolved, resolved = (
            _read(reader, query.text, document, variant, query.answers)
            for variant in (replace(passage, mentions=()), passage)
        )
        yield (unresolved, resolved), any(f1(name, query.answers) >= _SAME_NAME for name in names)


def _read(
    reader: Reader, question: str, document: Document, passage: Passage, answers: tuple[str, ...]
) -> float:
    candidate = Candidate(passage=passage, document=document, scores=Scores(fused=0.0))
    spans = reader.read(question, [candidate])[0].spans
    return f1(spans[0].text, answers) if spans else 0.0


def _antecedents(resolver: Resolver, document: Document, span: Span | None = None) -> dict[int, str]:
    """Where each resolved pronoun starts, and its antecedent."""
    passage = resolver.resolve(document, [passage_of(document, span)])[0]
    return {m.span.start: m.antecedent.slice(document.text) for m in passage.mentions}


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def main() -> int:
    """Prints the figures; 2 where the open sets aren't there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    parser.add_argument("--no-reader", action="store_true", help="leave out the effect on answers")
    options = parser.parse_args()
    try:
        corpora = load(options.shared)
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 2
    resolver = PronounResolver()
    for part in ("read", "fresh"):
        print(f"labelled, {part}: {labelled(resolver, corpora, part)}")
    pages = [document for name in _PAGES for document in corpora[name].values()]
    print(f"person pages: {person_pages(resolver, pages)}")
    print(f"{ms_per_kilobyte(resolver, list(corpora[SETS[-1]].values())[:100]):.2f} ms/KB")
    if not options.no_reader:
        from rag.adapters.onnx.reader import PACKAGED, OnnxReader
        from rag.settings import load as load_settings

        reader = OnnxReader(PACKAGED, cache=load_settings().cache, threads=1)
        answers = effect(resolver, reader, options.shared / SETS[0], corpora[SETS[0]])
        print(
            f"answers: F1 {answers.unresolved:.3f} as they stand, {answers.resolved:.3f} resolved "
            f"({answers.questions} questions); {answers.antecedent_unresolved:.3f}, "
            f"{answers.antecedent_resolved:.3f} where the answer is an antecedent "
            f"({answers.antecedent_questions})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
