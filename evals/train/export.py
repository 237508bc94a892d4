"""Exports a trained model as the files that ship: an int8 ONNX graph, the tokenizer, and their hashes.

``python -m evals.train.export WEIGHTS TARGET`` reads a model folder and writes `reader.onnx` (int8),
`reader-fp32.onnx` (to compare with, not to ship), `tokenizer.json`, `config.json` and `sha256.json`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from rag.adapters.onnx.compile import calibration_inputs, compile_reader, quantize
from rag.adapters.onnx.model_files import file_sha256

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
_PINNED_FILES = ("reader.onnx", "tokenizer.json")


def export(weights: Path, tokenizer: Path, target: Path, *, keep: Sequence[str] = ()) -> None:
    """Write the graphs in fp32 and int8, and the tokenizer, to ``target``.

    Args:
        weights: folder of the trained model.
        tokenizer: folder of its tokenizer.
        keep: substrings of the names of graph nodes that stay fp32, where int8 costs answers.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        source, compiled = Path(scratch) / "source", Path(scratch) / "compiled"
        shutil.copytree(weights, source)
        for name in _TOKENIZER_FILES:
            shutil.copy(tokenizer / name, source / name)
            shutil.copy(tokenizer / name, target / name)
        shutil.copy(source / "config.json", target / "config.json")
        compile_reader(str(source), "fp32", compiled)
        (compiled / "model.onnx").replace(target / "reader-fp32.onnx")
    samples = calibration_inputs(Tokenizer.from_file(str(target / "tokenizer.json")))
    quantize(
        target / "reader-fp32.onnx", target / "reader.onnx", keep_float=keep, calibration_samples=samples
    )
    pins = {name: file_sha256(target / name) for name in _PINNED_FILES}
    (target / "sha256.json").write_text(json.dumps(pins, indent=2) + "\n", "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Export from the command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.train.export", description="Export the reader.")
    parser.add_argument("weights", type=Path, help="folder of the trained model")
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--keep", nargs="*", default=[], help="parts of the graph that stay fp32")
    options = parser.parse_args(arguments)
    export(options.weights, options.tokenizer, options.target, keep=options.keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
