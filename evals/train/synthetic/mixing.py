"""Synthetic pages among other training examples."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evals.train.data.augmentation import augment_question
from evals.train.data.examples import Example
from evals.train.data.questions import SQUAD, AnnotatedQuestion
from evals.train.synthetic.pages import PageSampler


def mix_in_pages(
    examples: Sequence[Example],
    sources: Mapping[str, Sequence[AnnotatedQuestion]],
    share: float,
    *,
    seed: int,
) -> list[Example]:
    """The examples and synthetic pages, shuffled; the pages make up ``share`` of all.

    Their prose is SQuAD 1.1's where that is among the sources, else that of SquadShifts' Wikipedia.
    """
    count = round(len(examples) * share / (1 - share))
    rng = random.Random(f"{seed} with pages")  # noqa: S311 (reproducible, not secret)
    pages = PageSampler(sources[SQUAD if SQUAD in sources else "new_wiki"], seed=seed).draw(count)
    mixed = [*examples, *(replace(page, question=augment_question(page.question, rng)) for page in pages)]
    rng.shuffle(mixed)
    return mixed
