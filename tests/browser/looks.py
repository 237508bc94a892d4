"""What can be measured of how a page looks: contrast, width, and the ring around what has focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Contrast as WCAG 2.2 defines it, of every piece of text against the nearest ground that is painted.
_FAINT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(colour).map((channel) => linear(channel / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    throw new Error("nothing paints a ground");
  };
  const found = [];
  const judge = (element, text, colour) => {
    const [light, dark] = [luminance(colour), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    found.push([text.trim().slice(0, 40), ratio]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    judge(element, walker.currentNode.data, getComputedStyle(element).color);
  }
  for (const input of document.querySelectorAll("input")) {
    judge(input, input.placeholder, getComputedStyle(input, "::placeholder").color);
  }
  return found;
}"""
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_RING = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const style = getComputedStyle(at);
  return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
}"""
# The text of the document before the first mark, as code points have it.
BEFORE_MARK = """() => {
  const range = document.createRange();
  range.setStart(document.getElementById("text"), 0);
  range.setEndBefore(document.querySelector("mark"));
  return range.toString();
}"""
AA = 4.5


def faint(page: Page) -> list[tuple[str, float]]:
    """Text under WCAG AA's 4.5:1, each with its ratio. Fails where there is no text to judge."""
    judged = page.evaluate(_FAINT)
    assert judged, "the page shows no text"
    return [(text, ratio) for text, ratio in judged if ratio < AA]


def overflow(page: Page) -> int:
    """How many pixels of the page lie beyond its right edge."""
    hidden: int = page.evaluate(_OVERFLOW)
    return hidden


def ring(page: Page) -> float:
    """The width in pixels of the outline around what has the focus."""
    width: float = page.evaluate(_RING)
    return width
