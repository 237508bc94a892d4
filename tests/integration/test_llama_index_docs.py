"""The examples of docs/llama-index.md run, and print what the page says that they print."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "llama-index.md"
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.M | re.S)
_MODULE = re.compile(r"# (\w+\.py)\n")


def test_the_examples_print_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In order, in one namespace, on the seeds; a block that begins with a file name is that module."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    namespace: dict[str, Any] = {}
    compared = 0
    for block in _BLOCK.finditer(PAGE.read_text()):
        language, code = block.groups()
        line = PAGE.read_text().count("\n", 0, block.start()) + 1
        if language == "text":
            assert capsys.readouterr().out == code, f"{PAGE.name}:{line}"
            compared += 1
        elif module := _MODULE.match(code):
            (tmp_path / module[1]).write_text(code)
        else:
            assert capsys.readouterr().out == "", f"{PAGE.name}:{line}: the block before prints"
            exec(compile("\n" * line + code, str(PAGE), "exec"), namespace)  # noqa: S102
    assert compared >= 9
