"""axe-core over a page: violations of WCAG and of axe's best practices."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
  const { violations, passes } = await axe.run(document, { runOnly: rules });
  return [passes.length, violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" ")}: ${failureSummary}`))];
}"""


def violations(page: Page) -> list[str]:
    """Each as rule, element and reason, inside shadow roots too. Fails if almost nothing was checked."""
    page.emulate_media(reduced_motion="reduce")  # no element is checked while it fades in
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    passed, failures = page.evaluate(_RUN, _RULES)
    assert passed > 5, "axe checked almost nothing"
    return list(failures)
