"""The import contracts, checked on the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "transformers", "sentence_transformers", "llama_index", "chromadb", "onnxruntime"}
HEAVY |= {"lxml", "pypdfium2", "mammoth", "pptx", "openpyxl", "python_calamine"}


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running ``code``."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_imports_go_one_way() -> None:
    """import-linter's contracts hold: rag <- ingest <- evals <- api, and the layers within rag."""
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "module",
    [
        "rag.types",
        "rag.ports.catalog",
        "rag.ports.indexes",
        "rag.ports.embedder",
        "rag.engine",
        "rag.storage.library",
        "api.cli.main",
        "rag.wiring",
        "rag.client",
        "ingest.formats",
    ],
)
def test_heavy_libraries_are_imported_where_used(module: str) -> None:
    """Importing a module of ours loads no model, index or parser library."""
    assert modules_after(f"import {module}") & HEAVY == set()


def test_types_need_the_standard_library_alone() -> None:
    """Nothing installed is loaded with ``rag.types``."""
    loaded = modules_after("import rag.types")
    assert {m for m in loaded if not m.startswith(("_", "rag"))} <= set(sys.stdlib_module_names) | {
        "sitecustomize",
        "distutils-precedence",
    }


def test_help_loads_nothing_heavy() -> None:
    """``saywhere --help`` answers before numpy or FastAPI are thought of."""
    loaded = modules_after(
        "import sys\nsys.argv = ['saywhere', '--help']\n"
        "import api.cli.main, contextlib, io\n"
        "with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), contextlib.suppress(SystemExit):\n"
        "    api.cli.main.main()"
    )
    assert loaded & (HEAVY | {"numpy", "fastapi", "uvicorn", "rich.progress"}) == set()
