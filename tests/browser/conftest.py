"""A real browser over the pages. Errors in its console fail the test that caused them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.require import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# For containers that run as root, and without the browser's own requests.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
# The browser's message about an error status or a refused connection; tests check what the page says.
RESOURCE_ERROR = "Failed to load resource"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for each module: while it runs, its event loop blocks others."""
    require(CHROMIUM, "no Chromium is installed (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page, 1000 px wide and light unless parametrised with options of its context.

    At its end the test fails if a script threw, a policy was violated, a dialog opened, or a request
    went anywhere but to loopback.
    """
    options = {"viewport": {"width": 1000, "height": 700}} | getattr(request, "param", {})
    context = browser.new_context(**options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    events: list[str] = []
    page.on("console", lambda message: events.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: events.append(f"thrown: {error}"))
    page.on("dialog", lambda dialog: (events.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda sent: events.append(f"request: {sent.url}"))
    yield page
    context.close()
    assert [line for line in events if not _expected(line)] == []


def _expected(line: str) -> bool:
    kind, _, rest = line.partition(": ")
    if kind == "request":
        return urlsplit(rest).hostname == "127.0.0.1"
    return kind == "console" and rest.startswith(RESOURCE_ERROR)
