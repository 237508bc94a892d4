"""``python -m evals.bench [SET ...]``: figures on the open sets, with ratios. See ``open_sets.py``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.bench.open_sets import Figures, measure
from rag.settings import load

SETS = ("xquad-en", "qed-dev-nq")


def lines(figures: Figures) -> list[str]:
    """The figures of a set as a Markdown list; times also as multiples of encoding the question."""
    recall = ", ".join(f"{name} {one:.3f} / {five:.3f}" for name, (one, five) in figures.recall.items())
    unit = figures.encode_ms
    return [
        f"### {figures.name}: {figures.documents:,} documents, {figures.questions:,} questions",
        f"- recall@1 / recall@5: {recall}",
        f"- F1 {figures.f1:.3f}, EM {figures.em:.3f}; answered {figures.answered:.3f}, "
        f"of those right {figures.right_when_answered:.3f}, gold in a citation {figures.cited:.3f}",
        f"- search p50 {figures.search_ms[0]:.1f} ms, p95 {figures.search_ms[1]:.1f} "
        f"({figures.search_ms[0] / unit:.1f} x encoding the question)",
        f"- ask p50 {figures.ask_ms[0]:.1f} ms, p95 {figures.ask_ms[1]:.1f} "
        f"({figures.ask_ms[0] / unit:.1f} x encoding the question, {unit:.1f} ms)",
        f"- ingest {figures.documents_a_second:.0f} documents/s",
    ]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr)


def main() -> int:
    """Measures each set named, prints the figures; 2 where the open sets aren't there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    options = parser.parse_args()
    if not options.shared.is_dir():
        print(f"the open sets aren't at {options.shared}", file=sys.stderr)
        return 2
    for name in options.sets:
        print("\n".join(lines(measure(options.shared / name, load(), _progress))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
