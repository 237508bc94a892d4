"""Fits both probabilities: ``python -m evals.train.calibrate --data ../shared/data``.

Questions go through the real retriever and reader (``calibration.collect_readings``): those of the training
articles and of the collections that no reader was trained on, and of four synthetic teams' pages; answerable
ones also without the passages that answer them, where these are known. Logistic regressions
(``calibration.fit``) learn P(evidence right) and P(short answer right) from the features of
``rag.answering.calibration``. Writes `calibration.json` and the picture `confidence.svg`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.train.calibration.collect_readings import (
    JudgedDecision,
    collect_colleague,
    collect_held_out,
    collect_pages,
)
from evals.train.calibration.fit import FUSED_WEIGHT, fit, uninformative_calibration
from rag.answering.calibration import Calibration
from rag.answering.decision import Decider
from rag.settings import DecideSettings, Settings, load

# Collections of questions in a colleague's words that the reader wasn't trained on.
COLLECTIONS = ("restic", "pihole", "githubpolicy")
# Sets of ``evals.datasets`` that nothing else is fitted to or measured with.
PAGE_SETS = ("school", "studio", "council", "charity")
_FOLDER = Path("rag/models/reader")
_LOG_EVERY = 100


def main(arguments: list[str] | None = None) -> None:
    """Collect, fit and write; prints the scores."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.calibrate", description="Fit both probabilities."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and colleague/")
    parser.add_argument("--out", type=Path, default=_FOLDER / "calibration.json")
    parser.add_argument("--collections", nargs="*", default=COLLECTIONS, help="sets of colleague/train")
    options = parser.parse_args(arguments)
    settings = load()
    decisions = _decisions(options.data, options.collections, settings)
    calibration, picture = fit(decisions)
    options.out.write_text(json.dumps(calibration, indent=1) + "\n", "utf-8")
    options.out.with_name("confidence.svg").write_text(picture, "utf-8")
    print(json.dumps(calibration["fitted"], indent=1))


def _decisions(data: Path, collections: Sequence[str], settings: Settings) -> list[JudgedDecision]:
    """All decisions. The service doesn't open without a calibration of its features: as long as this runs
    the packaged one is neutral.
    """
    neutral = uninformative_calibration(FUSED_WEIGHT)
    packaged = _FOLDER / "calibration.json"
    before = packaged.read_bytes() if packaged.is_file() else None
    packaged.write_text(json.dumps(neutral), "utf-8")
    decisions: list[JudgedDecision] = []
    try:
        decider = Decider(Calibration.load(neutral), DecideSettings())
        for decision in _collect(data, collections, decider, settings):
            decisions.append(decision)
            if len(decisions) % _LOG_EVERY == 0:
                sys.stderr.write(f"{len(decisions)} decisions, {decision.dataset}\n")
    finally:
        if before is not None:
            packaged.write_bytes(before)
    return decisions


def _collect(
    data: Path, collections: Sequence[str], decider: Decider, settings: Settings
) -> Iterator[JudgedDecision]:
    for name in collections:
        yield from collect_colleague(data / "colleague" / "train" / name, decider, settings)
    for name in PAGE_SETS:
        yield from collect_pages(name, decider, settings)
    yield from collect_held_out(data / "train", decider, settings)


if __name__ == "__main__":
    main()
