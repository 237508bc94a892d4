"""Model files on disk: hashed before use, compiled once, and kept in a cache keyed by their hash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from rag.adapters.onnx.compile import RECIPES
from rag.errors import ModelError

_CHUNK = 1 << 20


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file's bytes.

    Raises:
        ModelError: the file can't be read.
    """
    digest = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ModelError(f"model file {path} can't be read: {error.strerror}") from error
    return digest.hexdigest()


def check_files(folder: Path, pins: Mapping[str, str]) -> None:
    """Compares files with their pinned sha256.

    Raises:
        ModelError: naming the first file that is missing or differs.
    """
    for name, expected in pins.items():
        actual = file_sha256(folder / name)
        if actual != expected:
            raise ModelError(
                f"model file {folder / name} is not the one that was measured: "
                f"sha256 {actual[:12]}… instead of {expected[:12]}…; install it again"
            )


def read_pins(folder: Path) -> dict[str, str]:
    """The pins kept beside a model in ``sha256.json``, by file name; empty where there is none."""
    path = folder / "sha256.json"
    if not path.is_file():
        return {}
    try:
        pins = json.loads(path.read_text("utf-8"))
        return {str(name): str(value) for name, value in pins.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} can't be read: {error}") from error


def folder_sha256(folder: Path) -> str:
    """One hash over the names and bytes of a model folder's weights, tokenizer and configuration."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{file_sha256(path)}\0".encode())
    return digest.hexdigest()


def compiled(source: str, kind: str, key: str, precision: str, cache: Path) -> Path:
    """The folder of a compiled model, made on first use by a child process and reused after.

    The child keeps torch (seconds, hundreds of megabytes) out of this process. The cache folder
    is named by what goes in (``key``: the weights' hash; the recipe), and holds ``sha256.json`` over what
    came out: a folder that is missing, unfinished or damaged is made again. Of several processes that need it
    at once one compiles, and the others wait for it.

    Args:
        source: a model folder or hub name, handed to the child.
        kind: "embedder" or "reader".

    Raises:
        ModelError: the child failed; the message holds its last line.
    """
    target = cache / f"{kind}-{precision}-{RECIPES[kind]}-{key[:24]}"
    if _is_intact(target):
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f".{target.name}.lock"):
            if not _is_intact(target):
                _build(target, source, kind, precision)
    except OSError as error:
        raise ModelError(f"the model cache {cache} can't be written: {error.strerror}") from error
    return target


def _is_intact(folder: Path) -> bool:
    try:
        pins = read_pins(folder)
        check_files(folder, pins)
    except ModelError:
        return False
    return bool(pins)


def _build(target: Path, source: str, kind: str, precision: str) -> None:
    """Compiles beside the target, and moves the finished folder into its place."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        built = Path(scratch) / "model"
        _compile(source, kind, precision, built)
        pins = {path.name: file_sha256(path) for path in sorted(built.iterdir())}
        (built / "sha256.json").write_text(json.dumps(pins, indent=1), "utf-8")
        if target.exists():
            target.rename(built.with_name("damaged"))
        built.rename(target)


def _compile(source: str, kind: str, precision: str, target: Path) -> None:
    command = [sys.executable, "-m", "rag.adapters.onnx.compile", kind, source, precision, str(target)]
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore"}
    process = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if process.returncode != 0:
        last = (process.stderr.strip() or "no message").splitlines()[-1]
        raise ModelError(f"the {kind} {source!r} can't be compiled: {last}")
