"""The question log over HTTP: what is logged, gaps, their cases, and what is asked most."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api import gap_watch
from api.app import create_app
from rag.errors import StorageFull
from rag.ports.question_log import LoggedQuestion
from rag.settings import QuestionLogSettings, Settings
from rag.types import Abstention, CannedReply, Document, Outcome, Reason, TalkKind
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, FakeBackend, abstention, answer
from tests.http.test_feedback import FEEDBACK

KEY = "k" * 16


def script(question: str) -> Outcome:
    """Knows who asked, and nothing else."""
    return answer(question) if "asked" in question else abstention(question)


@pytest.fixture
def backend(tmp_path: Path) -> FakeBackend:
    settings = Settings(data=tmp_path, question_log=QuestionLogSettings(enabled=True))
    return FakeBackend(settings, script)


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with patch.object(gap_watch, "INTERVAL", 0.05), TestClient(create_app(backend, local=True)) as opened:
        yield opened


def logged(backend: FakeBackend) -> list[LoggedQuestion]:
    return backend.question_log.list()


def ask(client: TestClient, question: str, **body: object) -> dict[str, object]:
    sent: dict[str, object] = client.post("/v1/ask", json={"question": question, **body}).json()
    return sent


def test_nothing_is_logged_unless_it_is_set() -> None:
    """By default: neither a question nor a thumb, and the listings say that it is off."""
    backend = FakeBackend()
    with TestClient(create_app(backend, local=True)) as client:
        ask(client, "Who asked?")
        assert backend.question_log.list() == []
        assert client.get("/v1/gaps").json() == {"enabled": False, "days": 90, "gaps": []}
        usage = client.get("/v1/usage").json()
    assert (usage["enabled"], usage["asked"], usage["most_asked"]) == (False, 0, [])


def test_small_talk_is_not_logged(client: TestClient, backend: FakeBackend) -> None:
    """A canned reply answers nothing that the documents could: it is no gap and no question."""
    backend.engine.script = lambda question: Abstention(
        question=question,
        reason=Reason.NOT_ANSWERED_HERE,
        confidence=0.0,
        reply=CannedReply(kind=TalkKind.GREETING, text="Hello!", language="en"),
    )
    assert ask(client, "Hello!")["reply"]
    assert logged(backend) == []


def test_a_question_is_logged_with_outcome_passages_and_thumb(
    client: TestClient, backend: FakeBackend
) -> None:
    """Whole and streamed; under the answer's id, so that a thumb finds it. No field can hold an address."""
    answered = ask(client, "Who asked?")
    client.post("/v1/ask", json={"question": "Who sang?", "stream": True})
    client.post("/v1/feedback", json={**FEEDBACK, "answer_id": answered["id"]})
    sang, asked = logged(backend)
    assert (asked.id, asked.question, asked.outcome, asked.helpful) == (
        answered["id"], "Who asked?", "sure", False
    )  # fmt: skip
    assert (sang.question, sang.outcome, sang.helpful) == ("Who sang?", "not_answered_here", None)
    place = (CITATION.document_id, CITATION.version, CITATION.start, CITATION.end)
    assert asked.passages == sang.passages == (place,)
    assert set(LoggedQuestion.__slots__) == {
        "id", "collection", "question", "outcome", "confidence", "filters", "passages", "helpful",
        "generation", "answered_at", "at",
    }  # fmt: skip


def test_questions_in_openais_forms_are_logged(client: TestClient, backend: FakeBackend) -> None:
    """Each once."""
    client.post(
        "/v1/chat/completions",
        json={"model": "saywhere", "messages": [{"role": "user", "content": "Who sang?"}]},
    )
    client.post("/v1/responses", json={"model": "saywhere", "input": "Who danced?"})
    assert [entry.question for entry in logged(backend)] == ["Who danced?", "Who sang?"]


def test_a_log_that_cannot_be_written_keeps_nobody_from_an_answer(
    client: TestClient, backend: FakeBackend
) -> None:
    """As on a full disk."""
    backend.question_log.fault = StorageFull("no space left")
    assert ask(client, "Who asked?")["answered"] is True


def test_gaps_are_unanswered_questions_by_meaning(client: TestClient) -> None:
    """With counts, the last eight weeks, wordings and the quote of the closest passage."""
    for question in ("who sang there", "Who sang there?", "Who asked?", "Now who sang there?", "Why?"):
        ask(client, question)
    first, second = client.get("/v1/gaps").json()["gaps"]
    assert (first["question"], first["count"], first["open"]) == ("Who sang there?", 3, True)
    assert first["by_week"] == [0] * 7 + [3]
    assert [w["question"] for w in first["wordings"]] == ["Who sang there?", "Now who sang there?"]
    assert [c["quote"] for c in first["closest"]] == [QUOTE]
    assert (second["question"], second["closed_at"]) == ("Why?", None)
    assert len(client.get("/v1/gaps", params={"limit": 1}).json()["gaps"]) == 1
    assert client.get("/v1/gaps", params={"collection": "hr"}).json()["gaps"] == []


def test_a_passage_that_has_changed_since_is_not_shown(client: TestClient, backend: FakeBackend) -> None:
    """Its offsets point to another text."""
    ask(client, "Who sang?")
    backend.catalog.stored = (Document(id=DOCUMENT.id, uri="u", title="Minutes", text="Another."),)
    assert client.get("/v1/gaps").json()["gaps"][0]["closest"] == []


def test_a_gap_closes_when_later_documents_answer_it(client: TestClient, backend: FakeBackend) -> None:
    """The service asks again once the documents have changed, without being told to."""
    ask(client, "Who sang?")
    ask(client, "Who danced?")
    backend.engine.script = lambda question: answer(question) if "sang" in question else abstention(question)
    time.sleep(0.3)
    assert len(client.get("/v1/gaps", params={"open": True}).json()["gaps"]) == 2
    backend.catalog.written = 2
    until = time.monotonic() + 30
    while not (closed := client.get("/v1/gaps", params={"open": False}).json()["gaps"]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert [gap["question"] for gap in closed] == ["Who sang?"]
    assert closed[0]["closed_at"]
    [still] = client.get("/v1/gaps", params={"open": True}).json()["gaps"]
    assert still["question"] == "Who danced?"
    assert len(backend.question_log.list()) == 2, "asking again isn't logged"


def test_a_gap_becomes_an_evaluation_case(client: TestClient, tmp_path: Path) -> None:
    """With an answer, as unanswerable, or as a draft; by any of its wordings, and once."""
    for question in ("Who sang there?", "Why?", "How?"):
        ask(client, question)
    ids = {gap["question"]: gap["id"] for gap in client.get("/v1/gaps").json()["gaps"]}
    made = client.post(f"/v1/gaps/{ids['Who sang there?']}/case", json={"answers": ["Ada"]}).json()
    assert (made["added"], made["file"], made["case"]["answers"]) == (True, "cases.jsonl", ["Ada"])
    again = client.post(f"/v1/gaps/{ids['Who sang there?']}/case", json={}).json()
    assert (again["added"], again["case"]) == (False, made["case"])
    client.post(f"/v1/gaps/{ids['Why?']}/case", json={"unanswerable": "off_topic"})
    client.post(f"/v1/gaps/{ids['How?']}/case", json={})
    rows = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text("utf-8").splitlines()]
    assert [(r["question"], r["answerable"], r["draft"], r["tags"]) for r in rows] == [
        ("Who sang there?", True, False, ["gap"]),
        ("Why?", False, False, ["gap"]),
        ("How?", True, True, ["gap"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"answers": [""]}, "#/answers/0"),
        ({"answers": ["Ada"], "unanswerable": "off_topic"}, "#"),
        ({"unanswerable": "whatever"}, "#/unanswerable"),
        ({"answer": "Ada"}, "#/answer"),
    ],
)
def test_a_case_that_cannot_be_is_refused(
    client: TestClient, body: object, pointer: str, tmp_path: Path
) -> None:
    """With the place of the fault; and one of no gap is a 404."""
    ask(client, "Why?")
    [gap] = client.get("/v1/gaps").json()["gaps"]
    refused = client.post(f"/v1/gaps/{gap['id']}/case", json=body)
    assert refused.status_code == 422
    assert pointer in [fault["pointer"] for fault in refused.json()["errors"]]
    assert client.post("/v1/gaps/gap_0/case", json={}).status_code == 404
    assert not (tmp_path / "cases.jsonl").exists()


def test_usage_says_what_is_asked_and_what_was_never_cited(client: TestClient, backend: FakeBackend) -> None:
    """Of one collection."""
    ids = [ask(client, "Who asked?")["id"] for _ in range(2)]
    ask(client, "Who sang?")
    client.post("/v1/feedback", json={**FEEDBACK, "answer_id": ids[0]})
    usage = client.get("/v1/usage").json()
    assert (usage["asked"], usage["answered"], usage["never_cited_total"]) == (3, 2, 0)
    asked = {"question": "Who asked?", "count": 2, "answered": 2, "helpful": 0, "unhelpful": 1}
    assert usage["most_asked"][0] == asked
    assert usage["most_disliked"] == [asked]
    backend.question_log.delete_citing([DOCUMENT.id])
    ask(client, "Who sang?")
    assert [d["id"] for d in client.get("/v1/usage").json()["never_cited"]] == [DOCUMENT.id]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/gaps"), ("GET", "/v1/usage"), ("POST", "/v1/gaps/gap_0/case"), ("GET", "/v1/status"),
     ("POST", "/v1/explain")],
)  # fmt: skip
def test_only_the_team_sees_them(backend: FakeBackend, method: str, path: str) -> None:
    """Whoever sends the API key; without a key, this machine; never another site's page."""
    bearer = {"Authorization": f"Bearer {KEY}"}
    foreign = {"Origin": "https://elsewhere.example"}
    keyed = FakeBackend(backend.settings.model_copy(update={"api_key": SecretStr(KEY)}), script)
    for service, local, headers, allowed in (
        (backend, True, {}, True),
        (backend, True, foreign, False),
        (backend, True, {"X-Forwarded-For": "10.0.0.1"}, False),
        (backend, False, {}, False),
        (keyed, True, {}, False),
        (keyed, False, bearer, True),
        (keyed, False, bearer | foreign, False),
    ):
        with TestClient(create_app(service, local=local, open_reading=not local)) as client:
            body = {"json": {"question": "Who?"} if path == "/v1/explain" else {}} if method == "POST" else {}
            status = client.request(method, path, headers=headers, **body).status_code  # type: ignore[arg-type]
            assert (status in {200, 404}) is allowed, status
