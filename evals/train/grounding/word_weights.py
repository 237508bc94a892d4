"""``python -m evals.train.grounding.word_weights``: writes how much each frequent word says.

Inverse document frequencies (Sparck Jones 1972) of stems in lower case, over the paragraphs of the training
documents and the evidence of WiCE's development part.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from evals.train.grounding.wice import read_claims
from rag.english.function_words import STOP_WORDS
from rag.english.words import stem
from rag.grounding.word_weights import FILE

_LOWER = re.compile(r"(?<![\w/.@`-])[a-z]{2,}(?:['’][a-z]+)?(?![\w/@`]|\.\w)")
STEMS = 3_000


def paragraphs(documents: Path) -> Iterator[str]:
    """The paragraphs of every document of the training sets, sets and files by name."""
    for path in sorted(documents.glob("*/docs/**/*")):
        if path.is_file():
            yield from re.split(r"\n\s*\n", path.read_text("utf-8", errors="replace"))


def word_weights(texts: Iterable[str], size: int = STEMS) -> dict[str, float]:
    """The most frequent stems with weights: 0 for one in every text, 1 for one as rare as those left out.

    >>> word_weights(["use it", "use a saw", "use the saw", "we use planes"], size=2)
    {'saw': 1.0, 'use': 0.0}
    """
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        found = {stem(w) for w in _LOWER.findall(text) if w not in STOP_WORDS}
        counts.update(found)
        total += bool(found)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]
    rarest = math.log(total / frequent[-1][1])
    return {word: round(math.log(total / count) / rarest, 2) for word, count in sorted(frequent)}


def main() -> None:
    """Writes ``rag/grounding/word_weights.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    folder = parser.parse_args().shared
    evidence = (
        " ".join(claim.page[i : i + 5])
        for claim in read_claims(folder, "dev")
        for i in range(0, len(claim.page), 5)
    )
    texts = [*paragraphs(folder / "colleague" / "train"), *evidence]
    FILE.write_text(json.dumps(word_weights(texts), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
