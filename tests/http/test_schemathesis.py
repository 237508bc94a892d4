"""Requests that Schemathesis makes from the OpenAPI document, valid and not, against the real service.

Every response must be one that the document describes, and none a server error; requests that break the
document must be refused. Seeded, so that a failure can be repeated.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.http.live import ROOT, in_process

KEY = "the-key-of-this-test"
EXAMPLES = "10"  # of each operation, beside those that follow from the document's examples and bounds
# What a document can't say: that a range ends after its start, that a text has words, that a form's field is
# JSON, that the last message is the user's, or that 1.0 is no integer here. All these are refused with 422.
NOT_SAID = "positive_data_acceptance"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("key", [None, KEY], ids=["without a key", "with the key"])
def test_every_response_is_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    """With a key, requests without it are made, too, and must be refused."""
    data = tmp_path / "data"
    ingest = [sys.executable, "-m", "api", "ingest", "seeds", "--data", str(data)]
    subprocess.run(ingest, cwd=ROOT, check=True, capture_output=True, timeout=300)
    if key is not None:
        monkeypatch.setenv("SAYWHERE_API_KEY", key)
    headers = [] if key is None else ["--header", f"Authorization: Bearer {key}"]
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_process, url):
        run = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", "all",
                "--exclude-checks", NOT_SAID, "--max-examples", EXAMPLES, "--seed", "1", "--no-shrink",
                "--continue-on-failure", "--request-timeout", "60", *headers,
            ],
            cwd=tmp_path,
            env=os.environ | {"NO_COLOR": "1"},
            capture_output=True,
            text=True,
        )  # fmt: skip
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert " generated, " in run.stdout
