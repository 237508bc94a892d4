"""``python -m evals.bench.pronouns``: how well pronouns are led back to names, and what it is worth.

Three measures on the open sets. *Labelled*: the pronouns in ``pronouns.jsonl`` (passages by document
id and offsets, for each pronoun a pattern of who is meant, empty where nobody named before it is),
those ``read`` while the rules were written and those ``fresh``, labelled before the rules were
first run on them. *Person pages*: in an article whose title is a person's name, a pronoun should
lead to that person. *Answers*: F1 of the packaged reader on QED's paragraphs, resolved and as they
stand. Precision counts resolved pronouns, recall all that have a referent.
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

Corpora = Mapping[str, Mapping[str, Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Pronouns led back to the right name and to a wrong one, and all that have a referent."""

    right: int
    wrong: int
    total: int

    def __str__(self) -> str:
        led = self.right + self.wrong
        return (
            f"precision {self.right}/{led} = {self.right / max(1, led):.3f}, "
            f"recall {self.right}/{self.total} = {self.right / max(1, self.total):.3f}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """F1 of the reader's best span over ``questions`` whose paragraph has a resolved pronoun.

    ``named`` holds those of them whose answer is a name that a pronoun was led back to.
    """

    questions: int
    plain: float
    resolved: float
    named: int
    named_plain: float
    named_resolved: float


def load(folder: Path) -> Corpora:
    """The documents of each set by id.

    Raises:
        DatasetError: a set is missing or damaged.
    """
    return {name: {text.id: text.document() for text in corpus(folder / name)} for name in SETS}


def passage_of(document: Document, span: Span | None = None) -> Passage:
    """A stretch of a document (all of it by default) as one passage."""
    span = span or Span(0, len(document.text))
    found = sentences(document.text, span) or (span,)
    return Passage(document_id=document.id, version=document.sha256, span=span, sentences=found)


def labelled(resolver: Resolver, corpora: Corpora, part: str) -> Counts:
    """Against the labels of one part, ``read`` or ``fresh``."""
    right = wrong = total = 0
    for label in map(json.loads, _LABELS.read_text("utf-8").splitlines()):
        if label["part"] != part:
            continue
        document = corpora[label["set"]][label["document"]]
        led = _led(resolver, document, Span(label["start"], label["end"]))
        for place, pattern in label["gold"].items():
            name = led.get(int(place))
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
        for shown in _led(resolver, document).values():
            is_right = name[-1] in shown or name[0] in shown.split()
            right += is_right
            wrong += not is_right
    return Counts(right=right, wrong=wrong, total=total)


def ms_per_kilobyte(resolver: Resolver, documents: Iterable[Document]) -> float:
    """Processor time for each thousand characters, splitting not counted."""
    pairs = [(document, passage_of(document)) for document in documents]
    begun = time.process_time()
    for document, passage in pairs:
        resolver.resolve(document, [passage])
    return (time.process_time() - begun) * 1e6 / sum(len(document.text) for document, _ in pairs)


def effect(resolver: Resolver, reader: Reader, folder: Path, documents: Mapping[str, Document]) -> Effect:
    """What resolving does to answers, on QED's questions with their own paragraph given."""
    rows = list(_scores(resolver, reader, folder, documents))
    named = [(plain, resolved) for plain, resolved, is_named in rows if is_named]
    return Effect(
        questions=len(rows),
        plain=_mean(plain for plain, _, _ in rows),
        resolved=_mean(resolved for _, resolved, _ in rows),
        named=len(named),
        named_plain=_mean(plain for plain, _ in named),
        named_resolved=_mean(resolved for _, resolved in named),
    )


def _scores(
    resolver: Resolver, reader: Reader, folder: Path, documents: Mapping[str, Document]
) -> Iterator[tuple[float, float, bool]]:
    for query in queries(folder):
        document = documents[query.relevant[0]]
        passage = resolver.resolve(document, [passage_of(document)])[0]
        if not passage.mentions:
            continue
        names = {mention.antecedent.slice(document.text) for mention in passage.mentions}
        plain, resolved = (
            _read(reader, query.text, document, variant, query.answers)
            for variant in (replace(passage, mentions=()), passage)
        )
        yield plain, resolved, any(f1(name, query.answers) >= 0.5 for name in names)


def _read(
    reader: Reader, question: str, document: Document, passage: Passage, answers: tuple[str, ...]
) -> float:
    candidate = Candidate(passage=passage, document=document, scores=Scores(fused=0.0))
    found = reader.read(question, [candidate])[0]
    return f1(found[0].text, answers) if found else 0.0


def _led(resolver: Resolver, document: Document, span: Span | None = None) -> dict[int, str]:
    """Where each resolved pronoun starts, and the name it was led to."""
    passage = resolver.resolve(document, [passage_of(document, span)])[0]
    return {m.span.start: m.antecedent.slice(document.text) for m in passage.mentions}


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


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
        from rag.adapters.onnx.span_reader import PACKAGED, SpanReader
        from rag.settings import load as load_settings

        reader = SpanReader(PACKAGED, cache=load_settings().cache, threads=1)
        found = effect(resolver, reader, options.shared / SETS[0], corpora[SETS[0]])
        print(
            f"answers: F1 {found.plain:.3f} as they stand, {found.resolved:.3f} resolved "
            f"({found.questions} questions); {found.named_plain:.3f}, {found.named_resolved:.3f} "
            f"where the answer is a name led back to ({found.named})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
