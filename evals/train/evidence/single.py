"""Single examples as groups: a question beside one text that answers it or doesn't, as a span reader learns.

They keep short answers exact while the reader learns to rank passages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evals.train.data.examples import Example
from evals.train.data.mixture import MixtureSampler, hold_out_articles
from evals.train.data.questions import read_training_files
from evals.train.evidence.groups import Group, LabelledPassage, LabelledUnit
from evals.train.synthetic.mixing import mix_in_pages
from rag.settings import load
from rag.text import sentences
from rag.wiring import open_embedder

DATASET = "single"
COUNT = 24_000
_PAGES = 0.3  # share of synthetic pages: tables, mails, lists of questions
_WEIGHT = 0.5


def single_groups(folder: Path, *, seed: int, count: int = COUNT) -> Iterator[Group]:
    """Groups of one passage each, of the training articles that aren't held out.

    Args:
        folder: that of the training files.

    Raises:
        OSError, ValueError: the files can't be read, or have too few questions.
    """
    sources, _ = hold_out_articles(read_training_files(folder))
    sampler = MixtureSampler(sources, seed=seed, embedder=open_embedder(load()))
    examples = mix_in_pages(sampler.draw(round(count * (1 - _PAGES))), sources, _PAGES, seed=seed)
    for number, example in enumerate(examples):
        yield _group(number, example)


def _group(number: int, example: Example) -> Group:
    span = example.span
    units = tuple(
        LabelledUnit(s.start, s.end, supports=span is not None and s.overlaps(span))
        for s in sentences(example.context)
    )
    answers = () if span is None or example.sentence_level else ((span.start, span.end),)
    return Group(
        id=str(number),
        dataset=DATASET,
        kind=str(example.kind),
        question=example.question,
        answerable=span is not None,
        weight=_WEIGHT,
        passages=(
            LabelledPassage(text=example.context, units=units, relevant=span is not None, answers=answers),
        ),
    )
