"""The picture in the reader's card: a reliability diagram and the risk-coverage curve of the confidence."""

from __future__ import annotations

from collections.abc import Sequence

from evals.reports.plots import HEIGHT, WIDTH, reliability_plot, risk_coverage_plot

_COPIES = 4  # of a reading of weight 1: the plots take no weights, only whole readings
_STYLE = (
    "text{font:11px sans-serif;fill:#57606a}.grid{stroke:#d8dee4}"
    ".guide{stroke:#8c959f;stroke-dasharray:3 4}.line{fill:none;stroke:#0b6bcb;stroke-width:2}"
    ".area{fill:#0b6bcb;opacity:.12}.dot{fill:#0b6bcb;stroke:#fff;stroke-width:1.5}"
    ".gap{stroke:#0b6bcb;opacity:.35;stroke-width:2}"
)


def confidence_svg(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float], threshold: float
) -> str:
    """Both plots side by side, as an SVG file of its own.

    Args:
        weights: of the readings, 1 on average.
    """
    repeated_confidence, repeated_right = [], []
    for p, is_right, weight in zip(confidence, right, weights, strict=True):
        copies = round(weight * _COPIES)
        repeated_confidence += [round(p, 2)] * copies  # a curve of a hundred points is fine enough to see
        repeated_right += [is_right] * copies
    plots = (
        reliability_plot(repeated_confidence, repeated_right),
        risk_coverage_plot(repeated_confidence, repeated_right, threshold),
    )
    placed = "".join(
        plot.replace("<svg ", f'<svg x="{number * WIDTH}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        for number, plot in enumerate(plots)
    )
    width = len(plots) * WIDTH
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}">'
    background = f'<rect width="{width}" height="{HEIGHT}" fill="#fff"/>'
    return f"{opening}<style>{_STYLE}</style>{background}{placed}</svg>\n"
