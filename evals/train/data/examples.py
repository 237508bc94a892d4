"""What the reader learns from: the training files as rows, and whole-sentence windows of their texts.

A window is what the service will show the reader: some sentences, about as long as a passage. Offsets
are exact: ``example.context[example.span.start:example.span.end]`` is the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from rag.text import sentences
from rag.types import Span

# SQuAD 1.1's training set as its authors published it (30,288,272 bytes).
SQUAD_SHA256 = "3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955"
_NEIGHBOURS = 8
_APART = "\n\n"
_CONTEXT_WORDS = (45, 130)
_BRACKETS = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "``": '"', "''": '"'}
_TREEBANK = re.compile("|".join(map(re.escape, _BRACKETS)))
_TIGHT = re.compile(r" ([,.;:?!%)\]]|'s\b|n't\b|'(?:re|ve|ll|d)\b)|([(\[$#]) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question with its text. ``answer`` None: people judged that the text has no answer.

    ``region`` says that ``answer`` is only known to hold the answer (a sentence), not to be it.
    ``pool`` names the kind of text, ``article`` what the text is a part of, ``title`` what that is called,
    where it is known.
    """

    pool: str
    article: str
    question: str
    context: str
    answer: Span | None
    region: bool = False
    title: str = ""

    @property
    def answer_text(self) -> str:
        return self.context[self.answer.start : self.answer.end] if self.answer else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What one training step sees of a row. ``span`` None: nothing here answers the question.

    ``title`` is that of the text's article, not yet before it (``mix.dress``). ``labelled``: it is learnt
    from its label also where a model is to become like another (``like.py``), which knows no such texts.

    ``taught`` holds a bigger model's probabilities of start and end, ``[2, tokens]`` over the tokens of
    question and context, where one was asked (see ``distil.py``).
    """

    question: str
    context: str
    span: Span | None
    kind: str
    region: bool = False
    title: str = ""
    labelled: bool = False
    taught: NDArray[np.float16] | None = None


def read_rows(folder: Path) -> dict[str, list[Row]]:
    """All training rows by source name, in file order.

    Raises:
        FileNotFoundError: where the folder lacks one of the four files.
    """
    rows: dict[str, list[Row]] = {"pairs": list(_pairs(folder / "sentence-pairs.jsonl.gz"))}
    for name in ("spans", "squad2", "policyqa"):
        for record in json_lines(folder / f"{name}.jsonl.gz"):
            source = record.get("source", "policyqa")
            row = _span_row(source, record)
            if not (source == "qamr" and row.answer_text.isdigit()):  # a bare "3" where the text says "3 men"
                rows.setdefault(source, []).append(row)
    return rows


def squad_rows(path: Path) -> list[Row]:
    """The questions of SQuAD 1.1's training set (Rajpurkar et al. 2016), in file order.

    Raises:
        ValueError: the file is another than the published one: its development set holds paragraphs
            that the open sets measure with, and must never be learnt from.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SQUAD_SHA256:
        raise ValueError(f"{path} is not SQuAD 1.1's training set (sha256 {SQUAD_SHA256})")
    return [
        Row(
            pool="wiki",
            article=f"squad:{number}",
            question=asked["question"].strip(),
            context=paragraph["context"],
            answer=Span(answer["answer_start"], answer["answer_start"] + len(answer["text"])),
            title=unquote(article["title"]).replace("_", " "),
        )
        for number, article in enumerate(json.loads(content)["data"])
        for paragraph in article["paragraphs"]
        for asked in paragraph["qas"]
        for answer in asked["answers"][:1]
    ]


def _span_row(source: str, record: dict[str, Any]) -> Row:
    answer = record["answers"][0] if "answers" in record else record["answer"]
    start = record["answer_start"]
    group = str(record.get("group", record.get("_id")))
    return Row(
        pool="wiki" if source in {"qamr", "new_wiki", "squad2"} else source,
        article=":".join(group.split(":")[: 3 if source == "qamr" else 2]),
        question=record["question"].strip(),
        context=record["context"],
        answer=None if answer is None else Span(start, start + len(answer)),
    )


def _pairs(path: Path) -> Iterator[Row]:
    """Question and sentence pairs as rows: the sentence among its neighbours, which are of its article.

    Each stands as a paragraph: in lower case no rule would find where one ends.
    """
    records = list(json_lines(path))
    texts = [untokenised(record["sentence"]) for record in records]
    for i, record in enumerate(records):
        near = list(dict.fromkeys(texts[max(0, i - _NEIGHBOURS) : i + _NEIGHBOURS + 1]))
        at = near.index(texts[i])
        start = sum(len(text) + len(_APART) for text in near[:at])
        yield Row(
            pool="pairs",
            article=f"pairs:{i // 100}",
            question=untokenised(record["question"]),
            context=_APART.join(near),
            answer=Span(start, start + len(texts[i])),
            region=True,
        )


def untokenised(text: str) -> str:
    """Text as people write it, from a treebank's: no space before a comma or within brackets.

    >>> untokenised("the city -lrb- founded 1858 -rrb- is france 's , not spain 's .")
    "the city (founded 1858) is france's, not spain's."
    """
    plain = _TREEBANK.sub(lambda match: _BRACKETS[match[0]], text)
    return _TIGHT.sub(lambda match: match[1] or match[2], plain).strip()


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@lru_cache(maxsize=50_000)
def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of a text, kept: a text has many questions."""
    return sentences(text)


def window(text: str, keep: Span, rng: random.Random, words: tuple[int, int] = _CONTEXT_WORDS) -> Span:
    """A stretch of whole sentences that covers ``keep``, of about ``words`` (least, most) words.

    Its length is drawn at random, and so is the side it grows on. It is longer only where the
    sentences of ``keep`` alone are.
    """
    spans = sentence_spans(text)
    low = max((i for i, s in enumerate(spans) if s.start <= keep.start), default=0)
    high = max(low, min((i for i, s in enumerate(spans) if s.end >= keep.end), default=len(spans) - 1))
    counts = [text.count(" ", s.start, s.end) + 1 for s in spans]
    target, size = rng.randint(*words), sum(counts[low : high + 1])
    while True:
        sides = [i for i in (low - 1, high + 1) if 0 <= i < len(spans) and size + counts[i] <= target]
        if not sides:
            break
        side = rng.choice(sides)
        size += counts[side]
        low, high = min(low, side), max(high, side)
    return Span(min(spans[low].start, keep.start), max(spans[high].end, keep.end))


def positive(row: Row, rng: random.Random) -> Example:
    """A window that holds the row's answer."""
    assert row.answer is not None  # noqa: S101 (callers choose answered rows)
    cut = window(row.context, row.answer, rng)
    return Example(
        question=row.question,
        context=row.context[cut.start : cut.end],
        span=Span(row.answer.start - cut.start, row.answer.end - cut.start),
        kind="region" if row.region else "span",
        region=row.region,
        title=row.title,
    )
