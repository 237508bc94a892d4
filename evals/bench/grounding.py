"""``python -m evals.bench.grounding``: how well it is told whether a text supports a sentence.

Three measures. *WiCE* (Kamoi et al. 2023, arXiv:2303.01432): balanced accuracy over claims that are
supported as a whole against all others, with the sentences that people marked and with those that the
service selects; also by the score alone, at the threshold that drops a tenth of the supported claims of the
development part. *Rephrased*: evidence of questions in other words, by hand (``grounding_rephrased.jsonl``;
the rules were written with the part ``read`` in view, and ``fresh`` was first run after them): supported, so
that each one dropped is a fault. *Swaps*: sentences of evidence, and the rephrased ones, with one number,
name or negation swapped, by seed: each one kept is a fault.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.bench.figures import Figure, mean, statistic
from evals.bench.grounding_swaps import swaps
from evals.cases.case import DatasetError
from evals.datasets.published import read_rows
from evals.train.grounding.fit import EVIDENCES, Evidence, cited_for
from evals.train.grounding.wice import Claim, read_claims
from rag.grounding.support import Support, check
from rag.grounding.verdict import Verdict, judge
from rag.grounding.word_weights import is_frequent
from rag.grounding.words import names, words_of

REPHRASED = Path(__file__).with_name("grounding_rephrased.jsonl")
_LENIENT = 0.1
OPEN_SETS = ("gitea", "nodetsc", "smartpay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One sentence: whether it is supported, and whether that was found."""

    is_supported: bool
    found: bool
    score: float


def balanced_accuracy(outcomes: Sequence[Outcome]) -> float | None:
    """The mean of the shares found right of both classes; None where one is missing."""
    by_class: dict[bool, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        by_class[outcome.is_supported].append(outcome.found is outcome.is_supported)
    if len(by_class) < 2:
        return None
    return sum(sum(right) / len(right) for right in by_class.values()) / len(by_class)


def lenient_threshold(claims: Sequence[Claim]) -> float:
    """The score that a tenth of the supported claims are below, over both kinds of evidence."""
    supported = [claim for claim in claims if claim.is_supported]
    scores = [_support(claim, evidence).score for claim in supported for evidence in EVIDENCES]
    return sorted(scores)[int(_LENIENT * len(scores))]


def _support(claim: Claim, evidence: Evidence) -> Support:
    cited, context = cited_for(claim, evidence)
    return check(claim.text, cited, context=context)


def wice_figures(claims: Sequence[Claim], name: str, evidence: Evidence, lenient: float) -> Iterator[Figure]:
    """Balanced accuracy, false drops and passed faults, and the error of the score as a probability.

    Args:
        lenient: a threshold of the score alone.
    """
    outcomes, by_score = [], []
    for claim in claims:
        support = _support(claim, evidence)
        found = Outcome(is_supported=claim.is_supported, found=support.is_supported, score=support.score)
        outcomes.append(found)
        by_score.append(replace(found, found=support.score >= lenient))
    for group, measured in ((f"{name}, {evidence}", outcomes), (f"{name}, {evidence}, score", by_score)):
        yield statistic(group, "balanced accuracy", measured, balanced_accuracy)
        yield mean(group, "supported ones dropped", [not o.found for o in measured if o.is_supported])
        yield mean(group, "others kept", [o.found for o in measured if not o.is_supported])
    yield mean(f"{name}, {evidence}", "Brier score", [(o.score - o.is_supported) ** 2 for o in outcomes])


def rephrased_figures(part: str) -> Iterator[Figure]:
    """Rephrased evidence that is dropped, called contradicted, and kept beside another sentence."""
    rows = [row for row in read_rows(REPHRASED) if row["part"] == part]
    group = f"rephrased, {part}"
    verdicts = [judge(row["rephrased"], [row["evidence"]]).verdict for row in rows]
    yield mean(group, "supported ones dropped", [v is not Verdict.SUPPORTED for v in verdicts])
    yield mean(group, "supported ones called contradicted", [v is Verdict.CONTRADICTED for v in verdicts])
    others = [*rows[1:], rows[0]]
    beside = [check(row["rephrased"], [o["evidence"]]) for row, o in zip(rows, others, strict=True)]
    yield mean(group, "kept beside another sentence", [support.is_supported for support in beside])
    pool = sorted({name for row in rows for name in _names([row["evidence"]])})
    yield from _swap_figures(group, ((row["rephrased"], [row["evidence"]], pool) for row in rows))


def swap_figures(folder: Path) -> Iterator[Figure]:
    """Swaps in one sentence of the evidence of each open question of a set."""
    questions = [row for row in read_rows(folder / "queries.jsonl") if row["answerable"] and row["evidence"]]
    by_file: dict[str, list[str]] = defaultdict(list)
    for row in questions:
        by_file[row["file"]] += row["evidence"]
    every = [text for texts in by_file.values() for text in texts]
    items = []
    for index, row in enumerate(questions):
        sentence = row["evidence"][index % len(row["evidence"])]
        near, far = _names(by_file[row["file"]]), _names(every)
        items.append(
            (sentence, row["evidence"], near if len(near) > len(_names(row["evidence"])) + 2 else far)
        )
    yield from _swap_figures(folder.name, items)


def _swap_figures(
    group: str, items: Iterable[tuple[str, Sequence[str], Sequence[str]]], seed: int = 0
) -> Iterator[Figure]:
    random_ = random.Random(seed)  # noqa: S311 (no secret)
    caught: dict[str, list[bool]] = {"number": [], "name": [], "negation": []}
    contradicted: list[bool] = []
    for sentence, evidence, pool in items:
        cited_stems = {word.stem for text in evidence for word in words_of(text)}
        absent = [name for name in pool if not any(w.stem in cited_stems for w in words_of(name))]
        for swap in swaps(sentence, absent, random_):
            judgement = judge(swap.text, evidence)
            caught[swap.kind].append(not judgement.support.is_supported)
            contradicted.append(judgement.verdict is Verdict.CONTRADICTED)
    for kind, flags in caught.items():
        yield mean(group, f"swapped {kind} caught", flags)
    yield mean(group, "swaps caught", [flag for flags in caught.values() for flag in flags])
    yield mean(group, "swaps called contradicted", contradicted)


def _names(texts: Iterable[str]) -> list[str]:
    """The names in texts that hold a rare word, each once."""
    found = {
        " ".join(word.text for word in name)
        for text in texts
        for name in names(text)
        if any(not is_frequent(word.folded) for word in name)
    }
    return sorted(found)


def main() -> int:
    """Prints the figures with their intervals; 2 where a set isn't there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("dev", "test"), default="dev", help="of WiCE; test to report only")
    options = parser.parse_args()
    try:
        lenient = lenient_threshold(read_claims(options.shared, "dev"))
        claims = read_claims(options.shared, options.part)
        name = f"WiCE {options.part}"
        figures = [f for evidence in EVIDENCES for f in wice_figures(claims, name, evidence, lenient)]
        figures += [figure for part in ("read", "fresh") for figure in rephrased_figures(part)]
        for name in OPEN_SETS:
            figures += swap_figures(options.shared / "colleague" / "open" / name)
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 2
    for figure in figures:
        print(figure.line(group=28, name=36))
    return 0


if __name__ == "__main__":
    sys.exit(main())
