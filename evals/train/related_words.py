"""Writes the table of related words: ``python -m evals.train.related_words ../shared/data/train``.

The words are those that training texts have often, names and function words left out. Two words are related
where the packaged embedder's vectors of both, each embedded by itself, are near; forms of one word (equal
stems) count as one, and of their vectors the nearest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.english.function_words import FUNCTION_WORDS, STOP_WORDS
from rag.english.numbers import NUMBER_WORDS
from rag.english.related_words import TABLE
from rag.english.words import stem

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

_MIN_COUNT = 30  # times that the texts have a word in small letters
_MIN_COSINE = 0.55
_MAX_RELATED = 8
_NO_TEXT = 20  # characters: shorter strings of the files are names and labels
_SOURCE = (
    "Words of the texts in shared/data/train with those near them by all-MiniLM-L6-v2 "
    "(evals/train/related_words.py)."
)
# A word that isn't the first of its sentence: there a capital means a name.
_WORD_INSIDE = re.compile(r"(?<=[a-z,;] )([A-Za-z]{3,20})\b(?!['’])")


def frequent_words(texts: Iterable[str]) -> list[str]:
    """The words that texts have often, most frequent first; those mostly written with a capital left out."""
    small, capital = Counter[str](), Counter[str]()
    for text in texts:
        for word in _WORD_INSIDE.findall(text):
            if word.islower():
                small[word] += 1
            else:
                capital[word.casefold()] += 1
    left_out = STOP_WORDS | FUNCTION_WORDS | NUMBER_WORDS
    return [
        word
        for word, count in small.most_common()
        if count >= max(_MIN_COUNT, capital[word]) and word not in left_out
    ]


def related(words: Sequence[str], vectors: Vectors) -> dict[str, list[str]]:
    """For each word those near it, nearest first; of the forms of a word only the first in ``words``.

    Args:
        vectors: of unit length, shape ``(len(words), dimensions)``.
    """
    import numpy as np

    stems = list(dict.fromkeys(stem(word) for word in words))
    first = {stem(word): word for word in reversed(words)}
    number = {name: at for at, name in enumerate(stems)}
    of_word = np.array([number[stem(word)] for word in words])
    order = np.argsort(of_word, kind="stable")
    starts = np.searchsorted(of_word[order], np.arange(len(stems)))
    cosines = (vectors @ vectors.T)[order][:, order]
    nearest = np.maximum.reduceat(np.maximum.reduceat(cosines, starts, axis=1), starts, axis=0)
    np.fill_diagonal(nearest, -1.0)
    table = {}
    for at, name in enumerate(stems):
        best = np.argsort(-nearest[at], kind="stable")[:_MAX_RELATED]
        near = [first[stems[other]] for other in best if nearest[at, other] >= _MIN_COSINE]
        if near:
            table[first[name]] = near
    return table


def _texts(folder: Path) -> Iterator[str]:
    """Each distinct text of the folder's files of JSON lines."""
    seen: set[int] = set()
    for path in sorted(folder.rglob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                for text in _strings(json.loads(line)):
                    if len(text) > _NO_TEXT and hash(text) not in seen:
                        seen.add(hash(text))
                        yield text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the table and prints how many words it has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of training data: files of JSON lines, gzipped")
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args(arguments)

    from rag.settings import Settings
    from rag.wiring import open_embedder

    words = frequent_words(_texts(options.folder))
    table = related(words, open_embedder(Settings(threads=1)).embed(words))
    lines = {word: " ".join(near) for word, near in sorted(table.items())}
    text = json.dumps({"source": _SOURCE, "related": lines}, ensure_ascii=False, indent=1)
    options.out.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(words)} words, {len(table)} with related ones\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
