"""Documents sent to a running service: they are answered from, stay apart by collection, survive a SIGKILL
and can be removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.live import in_process

NOTE = "# Harbour\n\nThe harbour master of Quillport is Wilhelmina Astor."
QUESTION = "Who is the harbour master of Quillport?"


@pytest.fixture
def low_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of low confidence are given too, so that tests don't depend on the confidence."""
    monkeypatch.setenv("SAYWHERE_DECIDE__THRESHOLD", "0.1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def url(data: Path, low_threshold: None) -> Iterator[str]:
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_process, address):
        yield address


def finished_job(url: str, accepted: httpx.Response, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The job of an accepted upload, from its last event."""
    assert accepted.status_code == 202, accepted.text
    events = httpx.get(f"{url}{accepted.headers['location']}/events", headers=headers, timeout=60).text
    job: dict[str, Any] = json.loads(events.strip().split("\n\n")[-1].partition("\ndata: ")[2])
    return job


def ask(url: str, **options: Any) -> dict[str, Any]:
    body = {"question": QUESTION, **options}
    answer: dict[str, Any] = httpx.post(f"{url}/v1/ask", json=body, timeout=60).json()
    return answer


def test_sent_documents_are_answered_from_until_they_are_removed(url: str) -> None:
    """In their collection and with their metadata, with exact citations."""
    texts = [
        {"text": NOTE, "uri": "wiki/harbour", "media_type": "text/markdown", "metadata": {"team": "sea"}},
        {
            "text": NOTE.replace("Wilhelmina Astor", "Otto Brandt"),
            "uri": "wiki/old",
            "metadata": {"team": "old"},
        },
    ]
    job = finished_job(
        url, httpx.post(f"{url}/v1/documents", json={"documents": texts, "collection": "port"})
    )
    assert job["counts"] == {"added": 2}
    files = [("files", ("harbour.md", NOTE.replace("Wilhelmina Astor", "Ida Nyqvist").encode()))]
    finished_job(url, httpx.post(f"{url}/v1/documents", files=files))

    answers = {
        "Ida Nyqvist": ask(url),
        "Wilhelmina Astor": ask(url, collection="port", filters={"team": "sea"}),
        "Otto Brandt": ask(url, collection="port", filters={"team": "old"}),
    }
    for name, answer in answers.items():
        assert name in answer["answer"]
        for citation in answer["citations"]:
            text = httpx.get(f"{url}/v1/documents/{citation['document_id']}").json()["text"]
            assert text[citation["start"] : citation["end"]] == citation["quote"]
    search = httpx.get(f"{url}/v1/search", params={"q": QUESTION, "collection": "port", "filter": "team:old"})
    assert {result["citation"]["uri"] for result in search.json()["results"]} == {"wiki/old"}

    key = answers["Ida Nyqvist"]["citations"][0]["document_id"]
    assert httpx.delete(f"{url}/v1/documents/{key}").status_code == 204
    assert ask(url)["abstention"]["reason"] == "nothing_indexed"
    assert httpx.delete(f"{url}/v1/collections/port").status_code == 204
    assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION, "collection": "port"}).status_code == 404


def test_a_killed_service_ingests_what_was_accepted(data: Path, low_threshold: None) -> None:
    """After a 202 every document is ingested, however far the killed process had come."""
    count = 300
    body = {"documents": [{"text": f"Berth {n} is for boat {n}.", "uri": f"b/{n}"} for n in range(count)]}
    serve = ("-m", "api", "serve", "--data", str(data), "--port", "0")
    with in_process(*serve) as (process, url):
        accepted = httpx.post(f"{url}/v1/documents", json=body)
        assert accepted.status_code == 202
        process.kill()
    with in_process(*serve) as (_process, url):
        job = finished_job(url, accepted)
        assert (job["state"], job["total"], job["done"]) == ("done", count, count)
        assert httpx.get(f"{url}/v1/collections").json()["collections"] == [
            {"name": "default", "documents": count}
        ]
        assert len({result["uri"] for result in job["results"]}) == count


def test_a_service_for_other_hosts_accepts_documents_only_with_a_key(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``--allow-host`` it isn't local: without a key configured, uploads are forbidden."""
    serve = ("-m", "api", "serve", "--data", str(data), "--port", "0", "--allow-host", "docs.example.com")
    serve += ("--open-reading",)
    body = {"documents": [{"text": NOTE}]}
    with in_process(*serve) as (_process, url):
        assert httpx.post(f"{url}/v1/documents", json=body).status_code == 403
    monkeypatch.setenv("SAYWHERE_API_KEY", "sixteen characters")
    with in_process(*serve) as (_process, url):
        assert httpx.post(f"{url}/v1/documents", json=body).status_code == 401
        key = {"authorization": "Bearer sixteen characters"}
        accepted = httpx.post(f"{url}/v1/documents", json=body, headers=key)
        assert finished_job(url, accepted, key)["state"] == "done"
