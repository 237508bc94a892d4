"""The audit of dependencies says what pip-audit found."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[2] / ".ci" / "audit.py"
SOUND = {"name": "httpx", "version": "0.28.1", "vulns": []}
UNKNOWN = {"name": "torch", "skip_reason": "Dependency not found on PyPI"}
VULNERABLE = {
    "name": "jinja2",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


@pytest.mark.parametrize(
    ("dependencies", "lines", "status"),
    [
        ([SOUND, UNKNOWN], ["1 of 2 dependencies audited, 0 vulnerabilities known"], 0),
        ([UNKNOWN], ["not audited: no advisories can be reached for 1 dependencies"], 0),
        (
            [SOUND, VULNERABLE],
            [
                "2 of 2 dependencies audited, 2 vulnerabilities known",
                "jinja2 2.0: PYSEC-1 (mended in 2.1)",
                "jinja2 2.0: PYSEC-2 (mended in no version yet)",
            ],
            1,
        ),
    ],
    ids=["sound", "unreachable", "vulnerable"],
)
def test_a_known_vulnerability_fails(
    dependencies: list[dict[str, Any]], lines: list[str], status: int
) -> None:
    """Where nothing can be audited that is said."""
    spec = spec_from_file_location("audit", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.summary({"dependencies": dependencies}) == ("\n".join(lines), status)
