"""``python -m tests.fuzz [formats|bodies] --seconds 60``: findings end it with status 1, and are kept."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from pathlib import Path

from tests.fuzz.bodies import Bodies
from tests.fuzz.formats import Formats
from tests.fuzz.run import fuzz

TARGETS = {"formats": Formats, "bodies": Bodies}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=TARGETS, default=list(TARGETS), metavar="target")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each target")
    parser.add_argument("--cases", type=int, help="of each target, at most")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, default=Path("fuzz-findings"), help="folder for inputs that fail"
    )
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    failed = False
    for name in options.targets:
        report = fuzz(
            TARGETS[name], seed=options.seed, seconds=options.seconds, cases=options.cases,
            first=options.first, keep=options.keep / name,
        )  # fmt: skip
        outcomes = ", ".join(f"{count:,} {word}" for word, count in sorted(report.outcomes.items()))
        print(f"{name}: {report.cases:,} cases of seed {options.seed}: {outcomes or 'none done'}")
        for finding in report.findings:
            print(f"  {finding.number} {finding.name}: {finding.reason}")
        failed = failed or bool(report.findings)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
