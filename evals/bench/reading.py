"""How long reading takes: ``python -m evals.bench.reading [MODEL.onnx...]``.

Eight passages of 150 tokens on two cores: each alone, two at once, as the service reads them. With one model
they are also read in one batch on two threads; several models are compared with the first. Times are medians.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.metrics.latency import percentile
from rag.adapters.onnx.session import INPUTS, OnnxModel
from rag.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int64]

READER = Path(__file__).parents[2] / "rag" / "models" / "reader" / "reader.onnx"
PASSAGES, TOKENS, QUESTION, THREADS, ROUNDS = 8, 150, 12, 2, 30


def alone(paths: Sequence[Path], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds for all passages with each model: each passage alone, two at once; models in turn."""
    ids, kinds = _passages()
    rows = [(row.tolist(), kind.tolist()) for row, kind in zip(ids, kinds, strict=True)]
    models = [OnnxModel(path, threads=THREADS) for path in paths]
    return _medians([partial(model.each, partial(_run, model), rows) for model in models], rounds)


def together(path: Path, rounds: int = ROUNDS) -> float:
    """Milliseconds for all passages in one batch on two threads."""
    import onnxruntime

    ids, kinds = _passages()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = dict(zip(INPUTS, (ids, np.ones_like(ids), kinds), strict=True))
    batch = {node.name: inputs[node.name] for node in session.get_inputs()}
    return _medians([lambda: session.run(None, batch)], rounds)[0]


def _passages() -> tuple[Ids, Ids]:
    ids = np.random.default_rng(0).integers(1_000, 20_000, (PASSAGES, TOKENS))
    kinds = np.zeros_like(ids)
    kinds[:, QUESTION:] = 1
    return ids, kinds


def _run(model: OnnxModel, row: tuple[list[int], list[int]]) -> object:
    return model.run(*row)


def _medians(functions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median milliseconds of each. They run in turn, so that other work on the machine slows all alike."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, ms in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            ms.append((time.perf_counter() - start) * 1e3)
    return [percentile(ms, 50) or 0.0 for ms in times]


def main(arguments: list[str] | None = None) -> int:
    """One model: alone, in a batch, and their ratio. Several: each one's ratio to the first. 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.reading", description="Time reading.")
    parser.add_argument("models", type=Path, nargs="*", default=[READER], help="ONNX files")
    paths: list[Path] = parser.parse_args(arguments).models
    try:
        times = alone(paths)
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if len(paths) == 1:
        # After the other: a batch's idle threads keep the processor busy.
        batch = together(paths[0])
        print(f"each alone {times[0]:.1f} ms, one batch {batch:.1f} ms, x{batch / times[0]:.2f}")
        return 0
    for path, ms in zip(paths, times, strict=True):
        print(f"{path}: {ms:.1f} ms, x{ms / times[0]:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
