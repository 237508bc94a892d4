"""The card's picture: one SVG file with both plots, readings drawn by weight."""

from __future__ import annotations

from lxml import etree

from evals.train.calibration.card_figure import confidence_svg

SVG = "{http://www.w3.org/2000/svg}"


def titles(svg: str) -> list[str]:
    return [title.text or "" for title in etree.fromstring(svg).iter(f"{SVG}title")]


def test_both_plots_are_side_by_side_in_one_file() -> None:
    """Well-formed by itself, with its own colours."""
    svg = confidence_svg([n / 40 for n in range(40)], [n > 20 for n in range(40)], [1.0] * 40, 0.5)
    plots = [element for element in etree.fromstring(svg) if element.tag == f"{SVG}svg"]
    assert [plot.get("aria-label") for plot in plots] == ["reliability", "risk against coverage"]
    assert int(plots[1].get("x", "0")) == int(plots[0].get("width", "0"))
    assert "<style>" in svg


def test_readings_count_by_their_weight() -> None:
    """A wrong answer of three times the weight makes the share of wrong answers larger."""
    confidence, right = [0.9, 0.8, 0.1, 0.1], [True, False, False, False]
    even = titles(confidence_svg(confidence, right, [1.0] * 4, 0.5))
    uneven = titles(confidence_svg(confidence, right, [1.0, 3.0, 1.0, 1.0], 0.5))
    assert "at the threshold 0.5: 50% answered, 50% of those wrong" in even
    assert "at the threshold 0.5: 67% answered, 75% of those wrong" in uneven
