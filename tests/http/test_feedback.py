"""Readers' feedback on answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.openapi.examples import ABSTENTION
from api.recent_answers import RecentAnswers
from api.security.answer_ids import AnswerIds
from rag.errors import StorageFull
from rag.settings import FeedbackSettings, Settings
from rag.wire.asking import AnswerOut
from rag.wiring import open_service
from tests.fakes.engine import FakeBackend
from tests.fakes.storage import MemoryFeedback
from tests.http.live import in_thread

KEY = "k" * 16
ID = AnswerIds(MemoryFeedback().key()).issue()
FEEDBACK = {
    "answer_id": ID,
    "helpful": False,
    "note": "  It was Grace. ",
    "collection": "default",
    "question": "Who asked?",
    "answer": "Ada",
    "citations": [{"document_id": "notes/may 1.txt", "version": "sha256:ab12", "start": 3, "end": 9}],
}


@pytest.fixture
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(create_app(backend, local=True)) as test_client:
        yield test_client


def test_feedback_is_stored_and_listed(client: TestClient) -> None:
    """With its note trimmed; a second one on the same answer replaces the first."""
    first = client.post("/v1/feedback", json=FEEDBACK)
    assert (first.status_code, first.json()["note"], first.json()["at"]) == (200, "It was Grace.", None)
    client.post("/v1/feedback", json={**FEEDBACK, "helpful": True})
    [stored] = client.get("/v1/feedback").json()["feedback"]
    assert stored.pop("at")
    assert stored == {**FEEDBACK, "helpful": True, "note": "It was Grace."}
    assert client.get("/v1/feedback", params={"helpful": False}).json() == {"feedback": []}


def test_the_id_of_an_answer_is_enough(client: TestClient) -> None:
    """What was asked and answered is the service's own; it is listed with the rating."""
    answer = client.post("/v1/ask", json={"question": "Who?"}).json()
    rated = client.post("/v1/feedback", json={"answer_id": answer["id"], "helpful": False})
    assert rated.status_code == 200
    [stored] = client.get("/v1/feedback").json()["feedback"]
    assert (stored["question"], stored["answer"], stored["collection"]) == (
        "Who?",
        answer["answer"],
        "default",
    )
    places = [
        {name: c[name] for name in ("document_id", "version", "start", "end")} for c in answer["citations"]
    ]
    assert places
    assert stored["citations"] == places


def test_an_answer_that_is_no_longer_remembered_is_rated_by_its_id(client: TestClient) -> None:
    """As after a restart: its signature is enough, and its question is not known."""
    assert client.post("/v1/feedback", json={"answer_id": ID, "helpful": True}).status_code == 200
    [stored] = client.get("/v1/feedback").json()["feedback"]
    assert (stored["answer_id"], stored["question"], stored["answer"]) == (ID, "", "")


def test_the_latest_answers_are_remembered() -> None:
    """The oldest gives way."""
    recent = RecentAnswers(most=2)
    for number in range(3):
        recent.add("hr", AnswerOut.model_validate({**ABSTENTION, "id": f"ans_{number}"}))
    assert recent.fields("ans_0") == {}
    assert recent.fields("ans_2")["question"] == ABSTENTION["question"]
    assert recent.fields("ans_2")["collection"] == "hr"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"answer_id": "1"}, "#/answer_id"),
        ({"helpful": "yes"}, "#/helpful"),
        ({"note": "x" * 2_001}, "#/note"),
        ({"question": None}, "#/question"),
        ({"stars": 5}, "#/stars"),
        ({"citations": [{"document_id": "a", "version": "b", "start": -1, "end": 2}]}, "#/citations/0/start"),
    ],
)
def test_invalid_feedback_is_refused(client: TestClient, changed: dict[str, object], pointer: str) -> None:
    """With the place of each fault, and nothing is stored."""
    response = client.post("/v1/feedback", json={**FEEDBACK, **changed})
    assert response.status_code == 422
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]
    assert client.get("/v1/feedback").json() == {"feedback": []}


def test_a_full_disk_is_a_507(client: TestClient, backend: FakeBackend) -> None:
    """As for any write; the message stays in the log."""
    backend.feedback.fault = StorageFull("/srv/private")
    response = client.post("/v1/feedback", json=FEEDBACK)
    assert response.status_code == 507
    assert "private" not in response.text


def test_only_the_team_lists_feedback() -> None:
    """Whoever sends the API key; without a key, this machine; never another site's page."""
    unkeyed, keyed = FakeBackend(), FakeBackend(Settings(api_key=SecretStr(KEY)))
    bearer = {"Authorization": f"Bearer {KEY}"}
    foreign = {"Origin": "https://elsewhere.example"}
    for backend, local, headers, status in (
        (unkeyed, True, {}, 200),
        (unkeyed, True, foreign, 403),
        (unkeyed, False, {}, 403),
        (keyed, True, {}, 401),
        (keyed, False, bearer, 200),
        (keyed, False, bearer | foreign, 403),
    ):
        with TestClient(create_app(backend, local=local, open_reading=not local)) as client:
            assert client.get("/v1/feedback", headers=headers).status_code == status
            reader = bearer if backend is keyed else {}
            assert client.post("/v1/feedback", json=FEEDBACK, headers=reader).status_code == 200


def test_feedback_survives_a_restart(tmp_path: Path) -> None:
    """It is stored in the data folder, and an answer given before the restart can still be rated."""
    ids: list[str] = []
    for count in (0, 1):
        with (
            open_service(Settings(data=tmp_path)) as service,
            TestClient(create_app(service, local=True)) as client,
        ):
            assert len(client.get("/v1/feedback").json()["feedback"]) == count
            ids = ids or [client.post("/v1/ask", json={"question": "Who asked?"}).json()["id"]]
            sent = client.post("/v1/feedback", json={**FEEDBACK, "answer_id": ids[0]})
            assert sent.status_code == 200


@pytest.mark.parametrize(
    "answer_id",
    ["ans_" + "0" * 32, "ans_" + "f" * 32, ID[:-1] + ("1" if ID[-1] == "0" else "0")],
    ids=["zeros", "ones", "another"],
)
def test_an_answer_that_was_never_given_cannot_be_rated(client: TestClient, answer_id: str) -> None:
    """An id of one's own choosing is a 403, and nothing is stored."""
    response = client.post("/v1/feedback", json={**FEEDBACK, "answer_id": answer_id})
    assert (response.status_code, response.json()["type"]) == (403, "/problems/unknown-answer")
    assert client.get("/v1/feedback").json() == {"feedback": []}


def test_every_answer_given_can_be_rated(client: TestClient) -> None:
    """Whole, streamed, and an abstention; each has another id."""
    plain = client.post("/v1/ask", json={"question": "Who?"}).json()
    streamed = client.post("/v1/ask", json={"question": "Who?", "stream": True}).text
    done = json.loads(streamed.strip().rpartition("data: ")[2])
    ids = {plain["id"], done["id"]}
    assert len(ids) == 2
    for answer_id in ids:
        assert client.post("/v1/feedback", json={**FEEDBACK, "answer_id": answer_id}).status_code == 200


def test_feedback_is_small(client: TestClient) -> None:
    """A body of over 64,000 bytes is refused, and of a long answer the beginning is kept."""
    assert client.post("/v1/feedback", json={**FEEDBACK, "answer": "x" * 65_000}).status_code == 413
    assert client.post("/v1/feedback", json={**FEEDBACK, "answer": "x" * 20_000}).status_code == 200
    assert client.get("/v1/feedback").json()["feedback"][0]["answer"] == "x" * 2_000


def test_feedback_has_a_rate_for_each_address() -> None:
    """Over a real connection, with answers that were given: 3 a minute are taken, the fourth is a 429."""
    backend = FakeBackend(Settings(feedback=FeedbackSettings(per_minute=3)))
    with in_thread(backend) as url, httpx.Client(base_url=url) as http:
        statuses = []
        for _ in range(4):
            answer_id = http.post("/v1/ask", json={"question": "Who?"}).json()["id"]
            sent = http.post("/v1/feedback", json={**FEEDBACK, "answer_id": answer_id})
            statuses.append(sent.status_code)
    assert statuses == [200, 200, 200, 429]
    assert int(sent.headers["retry-after"]) >= 1
    assert len(backend.feedback.list()) == 3
