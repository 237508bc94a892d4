"""Documents sent to the service as it is served: they answer, stay apart, outlive a SIGKILL, and go."""

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
def unhesitating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are given however unsure: what is tested is what they are of."""
    monkeypatch.setenv("SAYWHERE_DECIDE__THRESHOLD", "0.1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def url(data: Path, unhesitating: None) -> Iterator[str]:
    with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_process, address):
        yield address


def ended(url: str, sent: httpx.Response) -> dict[str, Any]:
    """The job once it is over, as its events tell."""
    assert sent.status_code == 202, sent.text
    events = httpx.get(f"{url}{sent.headers['location']}/events", timeout=60).text
    found: dict[str, Any] = json.loads(events.strip().split("\n\n")[-1].partition("\ndata: ")[2])
    return found


def ask(url: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = httpx.post(
        f"{url}/v1/ask", json={"question": QUESTION, **more}, timeout=60
    ).json()
    return found


def test_what_is_sent_answers_until_it_is_removed(url: str) -> None:
    """In its own collection and under its own metadata, with exact citations."""
    texts = [
        {"text": NOTE, "uri": "wiki/harbour", "media_type": "text/markdown", "metadata": {"team": "sea"}},
        {
            "text": NOTE.replace("Wilhelmina Astor", "Otto Brandt"),
            "uri": "wiki/old",
            "metadata": {"team": "old"},
        },
    ]
    job = ended(url, httpx.post(f"{url}/v1/documents", json={"documents": texts, "collection": "port"}))
    assert job["counts"] == {"added": 2}
    files = [("files", ("harbour.md", NOTE.replace("Wilhelmina Astor", "Ida Nyqvist").encode()))]
    ended(url, httpx.post(f"{url}/v1/documents", files=files))

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
    found = httpx.get(f"{url}/v1/search", params={"q": QUESTION, "collection": "port", "filter": "team:old"})
    assert {r["citation"]["uri"] for r in found.json()["results"]} == {"wiki/old"}

    key = answers["Ida Nyqvist"]["citations"][0]["document_id"]
    assert httpx.delete(f"{url}/v1/documents/{key}").status_code == 204
    assert ask(url)["abstention"]["reason"] == "nothing_indexed"
    assert httpx.delete(f"{url}/v1/collections/port").status_code == 204
    assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION, "collection": "port"}).status_code == 404


def test_a_killed_service_goes_on_with_what_was_sent(data: Path, unhesitating: None) -> None:
    """A 202 is a promise: whatever the process had done when it died, in the end all of it is in."""
    count = 300
    body = {"documents": [{"text": f"Berth {n} is for boat {n}.", "uri": f"b/{n}"} for n in range(count)]}
    serve = ("-m", "api", "serve", "--data", str(data), "--port", "0")
    with in_process(*serve) as (process, url):
        sent = httpx.post(f"{url}/v1/documents", json=body)
        assert sent.status_code == 202
        process.kill()
    with in_process(*serve) as (_process, url):
        job = ended(url, sent)
        assert (job["state"], job["total"], job["done"]) == ("done", count, count)
        assert httpx.get(f"{url}/v1/collections").json()["collections"] == [
            {"name": "default", "documents": count}
        ]
        assert len({result["uri"] for result in job["results"]}) == count


def test_a_service_for_others_takes_nothing_without_a_key(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy's name it isn't local any more; with the key it writes."""
    serve = ("-m", "api", "serve", "--data", str(data), "--port", "0", "--allow-host", "docs.example.com")
    body = {"documents": [{"text": NOTE}]}
    with in_process(*serve) as (_process, url):
        assert httpx.post(f"{url}/v1/documents", json=body).status_code == 403
    monkeypatch.setenv("SAYWHERE_API_KEY", "sixteen characters")
    with in_process(*serve) as (_process, url):
        assert httpx.post(f"{url}/v1/documents", json=body).status_code == 401
        key = {"authorization": "Bearer sixteen characters"}
        assert ended(url, httpx.post(f"{url}/v1/documents", json=body, headers=key))["state"] == "done"
