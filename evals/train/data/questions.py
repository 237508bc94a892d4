"""Annotated questions: the training files and SQuAD 1.1 as questions with a context and an answer span.

Spans count code points: ``question.answer.slice(question.context)`` is the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rag.types import Span

# SQuAD 1.1's training set as its authors published it (30,288,272 bytes).
SQUAD_SHA256 = "3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955"
SQUAD = "squad"  # its source name
_NEIGHBOURS = 8  # sentences on each side of a paired sentence
_PARAGRAPH_BREAK = "\n\n"
_TREEBANK_TOKENS = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "``": '"', "''": '"'}
_TREEBANK = re.compile("|".join(map(re.escape, _TREEBANK_TOKENS)))
_TOKEN_SPACE = re.compile(r" ([,.;:?!%)\]]|'s\b|n't\b|'(?:re|ve|ll|d)\b)|([(\[$#]) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedQuestion:
    """A question with its context and the answer span that people marked.

    Attributes:
        domain: the kind of text: "wiki", "reddit", ...
        article: what the context is a part of; articles are held out as wholes.
        answer: None where people judged that the context has no answer.
        sentence_level: the span is the sentence that holds the answer, not the answer.
        title: the article's, "" where it is unknown.
    """

    domain: str
    article: str
    question: str
    context: str
    answer: Span | None
    sentence_level: bool = False
    title: str = ""

    @property
    def answer_text(self) -> str:
        return self.context[self.answer.start : self.answer.end] if self.answer else ""


def read_sources(folder: Path, squad: Path | None = None) -> dict[str, list[AnnotatedQuestion]]:
    """The questions of the training files by source name, and those of SQuAD 1.1 where its file is named.

    Raises:
        OSError: a file is missing.
        ValueError: ``squad`` is not SQuAD 1.1's training set.
    """
    sources = read_training_files(folder)
    if squad:
        sources[SQUAD] = read_squad(squad)
    return sources


def read_training_files(folder: Path) -> dict[str, list[AnnotatedQuestion]]:
    """All questions of the four training files by source name, in file order.

    Raises:
        FileNotFoundError: the folder lacks one of the files.
    """
    sources = {"pairs": list(_sentence_pairs(folder / "sentence-pairs.jsonl.gz"))}
    for name in ("spans", "squad2", "policyqa"):
        for record in read_json_lines(folder / f"{name}.jsonl.gz"):
            source = record.get("source", "policyqa")
            question = _from_record(source, record)
            # Left out: a bare "3" of QAMR's where the text says "3 men".
            if not (source == "qamr" and question.answer_text.isdigit()):
                sources.setdefault(source, []).append(question)
    return sources


def read_squad(path: Path) -> list[AnnotatedQuestion]:
    """The questions of SQuAD 1.1's training set (Rajpurkar et al. 2016, arXiv:1606.05250), in file order.

    Raises:
        OSError: the file is missing.
        ValueError: the file is another than the published one. SQuAD's development set holds paragraphs that
            the open sets measure with, and must never be learnt from.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SQUAD_SHA256:
        raise ValueError(f"{path} is not SQuAD 1.1's training set (sha256 {SQUAD_SHA256})")
    return [
        AnnotatedQuestion(
            domain="wiki",
            article=f"squad:{number}",
            question=record["question"].strip(),
            context=paragraph["context"],
            answer=Span(answer["answer_start"], answer["answer_start"] + len(answer["text"])),
            title=unquote(article["title"]).replace("_", " "),
        )
        for number, article in enumerate(json.loads(content)["data"])
        for paragraph in article["paragraphs"]
        for record in paragraph["qas"]
        for answer in record["answers"][:1]
    ]


def _from_record(source: str, record: dict[str, Any]) -> AnnotatedQuestion:
    answer = record["answers"][0] if "answers" in record else record["answer"]
    start = record["answer_start"]
    group = str(record.get("group", record.get("_id")))
    return AnnotatedQuestion(
        domain="wiki" if source in {"qamr", "new_wiki", "squad2"} else source,
        article=":".join(group.split(":")[: 3 if source == "qamr" else 2]),
        question=record["question"].strip(),
        context=record["context"],
        answer=None if answer is None else Span(start, start + len(answer)),
    )


def _sentence_pairs(path: Path) -> Iterator[AnnotatedQuestion]:
    """Question-sentence pairs, each sentence among its neighbours in the file, which are of its article.

    Each sentence is a paragraph: the texts are lower-case, so that no rule finds sentence ends in them.
    """
    records = list(read_json_lines(path))
    sentences = [detokenize(record["sentence"]) for record in records]
    for i, record in enumerate(records):
        context = list(dict.fromkeys(sentences[max(0, i - _NEIGHBOURS) : i + _NEIGHBOURS + 1]))
        position = context.index(sentences[i])
        start = sum(len(sentence) + len(_PARAGRAPH_BREAK) for sentence in context[:position])
        yield AnnotatedQuestion(
            domain="pairs",
            article=f"pairs:{i // 100}",
            question=detokenize(record["question"]),
            context=_PARAGRAPH_BREAK.join(context),
            answer=Span(start, start + len(sentences[i])),
            sentence_level=True,
        )


def detokenize(text: str) -> str:
    """Treebank tokens as people write them: no space before a comma or within brackets.

    >>> detokenize("the city -lrb- founded 1858 -rrb- is france 's , not spain 's .")
    "the city (founded 1858) is france's, not spain's."
    """
    plain = _TREEBANK.sub(lambda match: _TREEBANK_TOKENS[match[0]], text)
    return _TOKEN_SPACE.sub(lambda match: match[1] or match[2], plain).strip()


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
