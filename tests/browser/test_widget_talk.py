"""What the widget shows of a conversation: follow-ups as they were asked, and replies to small talk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import axe
from tests.browser.widget import CHAT, announced, ask, send
from tests.fakes import outcomes
from tests.fakes.engine import FakeBackend
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with in_thread(FakeBackend(script=outcomes.outcome_of)) as address:
        yield address


def test_a_follow_up_is_shown_as_it_was_asked_and_can_be_changed(page: Page, url: str) -> None:
    """Above the answer, and announced; "Change" puts the completed question into the field."""
    page.goto(url)
    ask(page, outcomes.FOLLOW_UP.question)
    asked = f"Asked as: {outcomes.FOLLOW_UP.asked_as}"
    assert page.get_by_text(asked).first.is_visible()
    assert asked in announced(page)
    page.get_by_role("button", name="Change").click()
    assert page.locator(f"{CHAT} .field").input_value() == outcomes.FOLLOW_UP.asked_as
    assert axe.violations(page) == []


def test_a_question_that_stands_alone_is_not_repeated(page: Page, url: str) -> None:
    page.goto(url)
    ask(page, outcomes.SHORT_ANSWER.question)
    assert page.get_by_text("Asked as").count() == 0


def test_small_talk_gets_a_plain_reply(page: Page, url: str) -> None:
    """No passages, no "not found", nothing to rate; it is announced, and stays after a reload."""
    page.goto(url)
    send(page, outcomes.GREETING.question)
    page.locator(f"{CHAT} .canned").wait_for()
    assert outcomes.GREETING.reply is not None
    assert announced(page)[-1] == outcomes.GREETING.reply.text
    for part in (".unanswered", ".actions", ".passage", ".tip"):
        assert page.locator(f"{CHAT} {part}").count() == 0
    page.reload()
    assert page.locator(f"{CHAT} .canned").text_content() == outcomes.GREETING.reply.text
    assert axe.violations(page) == []


def test_documents_are_links_to_their_pages(page: Page, url: str) -> None:
    """A list that was cut says so."""
    page.goto(url)
    send(page, outcomes.DOCUMENT_LIST.question)
    link = page.get_by_role("link", name="Travel handbook")
    link.wait_for()
    assert link.get_attribute("href") == f"{url}/documents/handbook"
    assert page.get_by_text("1 of 3 shown.").is_visible()
    assert axe.violations(page) == []
