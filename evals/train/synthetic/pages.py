"""Synthetic pages as examples: tables, records, FAQs, e-mails and prose, as teams write them.

The published sets are paragraphs of prose. A handbook's facts are in tables as often, and a reader that has
never seen one takes the neighbouring row, or abstains. Here pages are made of synthetic records, written and
split as the service does it (``ingest``), and shown as the reader sees them (``rag.reading.context``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from evals.train.data.examples import Example
from evals.train.data.questions import AnnotatedQuestion
from evals.train.synthetic import faq_pages, mail_pages, prose_pages, table_pages
from evals.train.synthetic.prose import ProseSource

PageMaker = Callable[[random.Random, ProseSource], Example | None]

# Sampling weights, in parts of their sum; their order is part of what a seed draws.
SAMPLING_WEIGHTS: Mapping[PageMaker, float] = {
    table_pages.cell: 38,
    table_pages.key: 9,
    table_pages.missing_row: 8,
    table_pages.missing_column: 8,
    table_pages.empty_cell: 4,
    table_pages.record_field: 6,
    table_pages.missing_record_field: 3,
    faq_pages.faq: 4,
    faq_pages.question_list: 2,
    faq_pages.record_faq: 7,
    faq_pages.record_faq_unanswered: 4,
    faq_pages.record_question_list: 3,
    mail_pages.mail_header: 3,
    mail_pages.missing_mail_header: 1,
    prose_pages.stated: 42,
    prose_pages.statement_removed: 11,
    prose_pages.unstated: 8,
    prose_pages.other_subject: 6,
}
_TRIES = 50  # for one example


class PageSampler:
    """Draws examples of synthetic pages by ``SAMPLING_WEIGHTS``.

    Args:
        questions: for the prose, the listed questions and the mails' texts.

    Raises:
        ValueError: none of the questions has an answer.

    >>> examples = PageSampler(questions, seed=7).draw(1_000)  # doctest: +SKIP
    """

    def __init__(self, questions: Sequence[AnnotatedQuestion], *, seed: int) -> None:
        self._seed = seed
        self._prose = ProseSource(questions)

    def draw(self, count: int) -> list[Example]:
        """``count`` examples, the same for the same seed.

        Raises:
            ValueError: the questions are too few for one of the kinds of page.
        """
        rng = random.Random(f"{self._seed} pages")  # noqa: S311 (reproducible, not secret)
        makers = rng.choices(list(SAMPLING_WEIGHTS), list(SAMPLING_WEIGHTS.values()), k=count)
        return [self._make(maker, rng) for maker in makers]

    def _make(self, maker: PageMaker, rng: random.Random) -> Example:
        for _ in range(_TRIES):
            example = maker(rng, self._prose)
            if example is not None:
                return example
        raise ValueError("no such page can be made of these questions")
