"""Fits the confidence: ``python -m evals.train.calibrate --data ../shared/data``.

Questions go through the real retriever and reader (``calibration.collect_readings``): those of four open
sets, of the training articles that are held out and of four synthetic teams' pages; the answerable ones
also without the passages that answer them. A logistic regression (``calibration.fit``) learns P(right) from
the features of ``rag.answering.calibration``. Writes `calibration.json` and the picture `confidence.svg`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from evals.train.calibration.collect_readings import (
    Reading,
    collect_held_out,
    collect_open_set,
    collect_pages,
)
from evals.train.calibration.fit import RETRIEVAL_WEIGHT, fit, uninformative_calibration
from rag.answering.calibration import Calibration
from rag.errors import ModelError
from rag.settings import Settings, load

OPEN_SETS = ("xquad-en", "qed-dev-nq", "clapnq-dev", "nomiracl-en")
# Sets of ``evals.datasets`` that nothing else is fitted to or measured with.
PAGE_SETS = ("school", "studio", "council", "charity")


def main(arguments: list[str] | None = None) -> None:
    """Collect, fit and write; prints the scores."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.calibrate", description="Fit the confidence."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with open/ and train/")
    parser.add_argument("--out", type=Path, default=Path("rag/models/reader/calibration.json"))
    parser.add_argument("--passages", type=int, default=Settings().read.passages, help="read for a question")
    options = parser.parse_args(arguments)
    _ensure_loadable(options.out)
    settings, passages = load(), options.passages
    readings: list[Reading] = list(collect_held_out(options.data / "train", settings, passages))
    for name in OPEN_SETS:
        _log(readings, name)
        readings += collect_open_set(options.data / "open" / name, settings, passages)
    for name in PAGE_SETS:
        _log(readings, name)
        readings += collect_pages(name, settings, passages)
    calibration, picture = fit(readings)
    options.out.write_text(json.dumps(calibration, indent=1) + "\n", "utf-8")
    options.out.with_name("confidence.svg").write_text(picture, "utf-8")
    print(json.dumps(calibration["fitted"], indent=1))


def _log(readings: list[Reading], name: str) -> None:
    print(f"{len(readings)} readings, next {name}", file=sys.stderr)


def _ensure_loadable(path: Path) -> None:
    """Replace a calibration of other features, which keeps the service from opening, by a neutral one."""
    try:
        Calibration.load(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, ModelError):
        path.write_text(json.dumps(uninformative_calibration(RETRIEVAL_WEIGHT)), "utf-8")


if __name__ == "__main__":
    main()
