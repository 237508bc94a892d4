"""Model files are checked before use and compiled once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from rag.adapters.onnx import model_files as weights
from rag.errors import ModelError


def put(folder: Path, name: str, data: bytes) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return weights.file_sha256(folder / name)


def test_a_file_that_differs_from_its_pin_is_refused(tmp_path: Path) -> None:
    """The error names the file with a flipped byte, and the missing one."""
    pin = put(tmp_path, "model.onnx", b"weights")
    weights.check_files(tmp_path, {"model.onnx": pin})
    (tmp_path / "model.onnx").write_bytes(b"weighty")
    with pytest.raises(ModelError, match=r"model\.onnx is not the one that was measured"):
        weights.check_files(tmp_path, {"model.onnx": pin})
    with pytest.raises(ModelError, match=r"tokenizer\.json can't be read"):
        weights.check_files(tmp_path, {"tokenizer.json": pin})


def test_a_damaged_pin_file_is_said_so(tmp_path: Path) -> None:
    """Half-written JSON is no pin."""
    put(tmp_path, "sha256.json", b'{"model.onnx": ')
    with pytest.raises(ModelError, match=r"sha256\.json can't be read"):
        weights.read_pins(tmp_path)


def test_a_folders_hash_tells_weights_and_tokenizer_apart(tmp_path: Path) -> None:
    """Any file that matters changes it; a read-me doesn't."""
    put(tmp_path, "model.safetensors", b"a")
    first = weights.folder_sha256(tmp_path)
    put(tmp_path, "README.md", b"words")
    assert weights.folder_sha256(tmp_path) == first
    put(tmp_path, "tokenizer.json", b"{}")
    assert weights.folder_sha256(tmp_path) != first


class Compiler:
    """Stands for the child process: writes a file and counts its calls."""

    def __init__(self, fail: str = "") -> None:
        self.calls = 0
        self.fail = fail

    def __call__(self, source: str, kind: str, precision: str, made: Path) -> None:
        self.calls += 1
        if self.fail:
            raise ModelError(self.fail)
        put(made, "model.onnx", f"{source}{kind}{precision}".encode())


def test_a_model_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second call finds the first one's work; another key makes its own."""
    compiler = Compiler()
    monkeypatch.setattr(weights, "_compile", compiler)
    one = weights.compiled("m", "embedder", "key", "int8", tmp_path)
    assert weights.compiled("m", "embedder", "key", "int8", tmp_path) == one
    assert compiler.calls == 1
    assert weights.compiled("m", "embedder", "other", "int8", tmp_path) != one
    assert compiler.calls == 2


@pytest.mark.parametrize("damage", ["flip", "lose", "unpin"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    """Flipped bytes, a lost file, lost pins: the model is compiled again."""
    compiler = Compiler()
    monkeypatch.setattr(weights, "_compile", compiler)
    folder = weights.compiled("m", "reader", "key", "int8", tmp_path)
    good = (folder / "model.onnx").read_bytes()
    if damage == "flip":
        (folder / "model.onnx").write_bytes(good[::-1])
    elif damage == "lose":
        (folder / "model.onnx").unlink()
    else:
        (folder / "sha256.json").write_text(json.dumps({}))
    assert weights.compiled("m", "reader", "key", "int8", tmp_path) == folder
    assert (folder / "model.onnx").read_bytes() == good
    assert compiler.calls == 2


def test_a_failed_compilation_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is unchanged, and the error has the reason."""
    monkeypatch.setattr(weights, "_compile", Compiler(fail="no such model"))
    with pytest.raises(ModelError, match="no such model"):
        weights.compiled("m", "reader", "key", "int8", tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_callers_that_need_a_model_at_once_compile_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One compiles, the others wait for its folder and use it."""

    class SlowCompiler(Compiler):
        def __call__(self, source: str, kind: str, precision: str, made: Path) -> None:
            sleep(0.2)
            super().__call__(source, kind, precision, made)

    compiler = SlowCompiler()
    monkeypatch.setattr(weights, "_compile", compiler)
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: weights.compiled("m", "reader", "key", "int8", tmp_path), range(4)))
    assert len(set(folders)) == 1
    assert compiler.calls == 1


def test_a_cache_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """A file stands where the cache folder should be."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(ModelError, match="can't be written"):
        weights.compiled("m", "reader", "key", "int8", tmp_path / "cache")


def test_a_model_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    """The real child process fails on an empty folder, and its last line comes through."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"can't be compiled: .+") as caught:
        weights.compiled(str(tmp_path / "empty"), "reader", "key", "int8", tmp_path / "cache")
    assert "\n" not in str(caught.value)
