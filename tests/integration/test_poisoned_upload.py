"""An upload at which the service dies is tried twice, then set aside; all others are ingested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx

from tests.http.live import ROOT, in_process
from tests.integration.test_documents_http import finished_job

POISONED = ("-m", "tests.fakes.poisoned", "serve", "--port", "0", "--data")


def test_a_document_that_kills_the_process_twice_is_set_aside(tmp_path: Path) -> None:
    """Its result says so; those before and after it are added, and later jobs run."""
    texts = [{"text": f"Berth {n} is for boat {n}.", "uri": f"b/{n}"} for n in range(4)]
    texts[2]["text"] = "poison"
    serve = (*POISONED, str(tmp_path / "data"))
    with in_process(*serve) as (process, url):
        accepted = httpx.post(f"{url}/v1/documents", json={"documents": texts})
        assert process.wait(120) < 0
    again = subprocess.run([sys.executable, *serve], cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert again.returncode < 0
    with in_process(*serve) as (_process, url):
        job = finished_job(url, accepted)
        later = finished_job(url, httpx.post(f"{url}/v1/documents", json={"documents": [{"text": "Later."}]}))
    assert {result["uri"]: result["outcome"] for result in job["results"]} == {
        "b/0": "added", "b/1": "added", "b/2": "failed", "b/3": "added"
    }  # fmt: skip
    [reason] = [result["reason"] for result in job["results"] if result["outcome"] == "failed"]
    assert "set aside: the service crashed 2 times" in reason
    assert (job["state"], later["counts"]) == ("done", {"added": 1})
