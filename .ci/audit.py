"""Audits the pinned dependencies: fails where pip-audit knows a vulnerability of one of them.

``python .ci/audit.py``, run by an interpreter that has pip-audit (``make audit``). Where PyPI's advisories
can't be reached nothing is audited, which is said, and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def summary(report: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[str, int]:
    """What pip-audit's JSON says, in lines, and the exit status: 1 where there is a vulnerability."""
    dependencies = report["dependencies"]
    audited = [dependency for dependency in dependencies if "vulns" in dependency]
    if not audited:
        return f"not audited: no advisories can be reached for {len(dependencies)} dependencies", 0
    lines = [
        f"{dependency['name']} {dependency['version']}: {vulnerability['id']}"
        f" (mended in {', '.join(vulnerability.get('fix_versions', ())) or 'no version yet'})"
        for dependency in audited
        for vulnerability in dependency["vulns"]
    ]
    head = f"{len(audited)} of {len(dependencies)} dependencies audited, {len(lines)} vulnerabilities known"
    return "\n".join([head, *lines]), int(bool(lines))


def main() -> int:
    """Prints the summary; returns the exit status."""
    command = ["pip_audit", "-r", str(CONSTRAINTS), "--no-deps", "--disable-pip", "--format", "json"]
    run = subprocess.run(  # noqa: S603 (fixed arguments)
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(run.stdout)
    except ValueError:
        print(run.stderr, file=sys.stderr)
        return 1
    text, status = summary(report)
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
