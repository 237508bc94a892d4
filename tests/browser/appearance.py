"""Measurements of a page's appearance: contrast of text, overflow, and the outline of the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The contrast ratio of WCAG 2.2, of every text against the nearest background that is painted.
_CONTRASTS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(colour).map((channel) => linear(channel / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    throw new Error("nothing paints a background");
  };
  const ratios = [];
  const measure = (element, text, colour) => {
    const [light, dark] = [luminance(colour), luminance(background(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    ratios.push([text.trim().slice(0, 40), ratio]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    measure(element, walker.currentNode.data, getComputedStyle(element).color);
  }
  for (const input of document.querySelectorAll("input")) {
    measure(input, input.placeholder, getComputedStyle(input, "::placeholder").color);
  }
  return ratios;
}"""
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_OUTLINE = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const style = getComputedStyle(at);
  return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
}"""
# The text of the document before the first mark.
TEXT_BEFORE_MARK = """() => {
  const range = document.createRange();
  range.setStart(document.getElementById("text"), 0);
  range.setEndBefore(document.querySelector("mark"));
  return range.toString();
}"""
AA = 4.5


def low_contrast(page: Page) -> list[tuple[str, float]]:
    """Texts with less than WCAG AA's 4.5:1, each with its ratio. Fails if the page has no text."""
    ratios = page.evaluate(_CONTRASTS)
    assert ratios, "the page shows no text"
    return [(text, ratio) for text, ratio in ratios if ratio < AA]


def overflow(page: Page) -> int:
    """Pixels of the page beyond the right edge of the window."""
    pixels: int = page.evaluate(_OVERFLOW)
    return pixels


def outline_width(page: Page) -> float:
    """The width in pixels of the focused element's outline."""
    width: float = page.evaluate(_OUTLINE)
    return width
