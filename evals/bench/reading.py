"""How long reading takes: ``python -m evals.bench.reading [MODEL.onnx]``.

Eight passages of 150 tokens on two cores: each alone, two at once, as the service reads them, beside one
batch on two threads as the baseline. Medians.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evals.metrics.latency import percentile
from rag.adapters.onnx import INPUTS, OnnxModel

READER = Path(__file__).parents[2] / "rag" / "models" / "reader" / "reader.onnx"
PASSAGES, TOKENS, QUESTION, THREADS, ROUNDS = 8, 150, 12, 2, 30


def measure(path: Path, rounds: int = ROUNDS) -> tuple[float, float]:
    """Milliseconds for all passages: (each alone, one batch)."""
    import onnxruntime

    ids = np.random.default_rng(0).integers(1_000, 20_000, (PASSAGES, TOKENS))
    kinds = np.zeros_like(ids)
    kinds[:, QUESTION:] = 1
    rows = [(row.tolist(), kind.tolist()) for row, kind in zip(ids, kinds, strict=True)]
    model = OnnxModel(path, threads=THREADS)
    alone = _median(lambda: model.each(lambda row: model.run(*row), rows), rounds)
    # Opened only now: its idle threads spin, and would take the processor from the other way.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    given = dict(zip(INPUTS, (ids, np.ones_like(ids), kinds), strict=True))
    batch = {node.name: given[node.name] for node in session.get_inputs()}
    return alone, _median(lambda: session.run(None, batch), rounds)


def _median(run: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1e3)
    return percentile(times, 50) or 0.0


def main() -> int:
    """Prints both times and their ratio."""
    alone, together = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else READER)
    print(f"each alone {alone:.1f} ms, one batch {together:.1f} ms, x{together / alone:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
