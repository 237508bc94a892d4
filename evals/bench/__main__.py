"""``python -m evals.bench [SET …]``: figures on the open sets, saved in ``RESULTS.md``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.bench import results
from evals.bench.sets import SETS, measure
from rag.errors import SaywhereError
from rag.settings import load


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr)


def main() -> int:
    """Measures each set named, prints and saves the figures; 2 where the open sets aren't there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all by default")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"), help="where the sets are")
    parser.add_argument("--limit", type=int, help="questions at most: to try it out; nothing is kept")
    options = parser.parse_args()
    unknown = set(options.sets) - set(SETS)
    if unknown:
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    if not options.shared.is_dir():
        print(f"the open sets aren't at {options.shared}", file=sys.stderr)
        return 2
    try:
        for name in options.sets or SETS:
            measured = measure(options.shared, name, load(), _progress, limit=options.limit)
            print("\n".join(results.terminal_lines(measured)), flush=True)
            if options.limit is None:
                results.save_set(measured)
    except SaywhereError as error:
        print(f"could not measure: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
