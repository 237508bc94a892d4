"""No test is left out unseen: one place decides what happens where a machine lacks something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.require import ROOT, require, require_program, require_shared

_SKIP = re.compile(r"pytest\.(skip|importorskip|mark\.skip|mark\.skipif)\b")


def test_only_one_module_skips() -> None:
    """Every other one says what it needs with ``require``."""
    modules = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
    skipping = [name for name in modules if _SKIP.search((ROOT / name).read_text(encoding="utf-8"))]
    assert skipping == ["tests/architecture/test_skips.py", "tests/require.py"]


def test_a_missing_need_fails_in_continuous_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, and how to get it."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no program no-such-program is installed"):
        require_program("no-such-program", "none")
    with pytest.raises(pytest.fail.Exception, match="no-such-folder"):
        require_shared("no-such-folder")
    require(Path(__file__), "this file")


def test_a_missing_need_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same reason, without a failure."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Debian: none"):
        require_program("no-such-program", "none")
