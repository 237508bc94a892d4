"""The picture in the reader's card: is its confidence honest, and what is silence worth?"""

from __future__ import annotations

from collections.abc import Sequence

from evals.reports.plots import HEIGHT, WIDTH, reliability_plot, risk_coverage_plot

_FINE = 4  # times that a reading of weight 1 counts: weights are drawn as whole numbers
_STYLE = (
    "text{font:11px sans-serif;fill:#57606a}.grid{stroke:#d8dee4}"
    ".guide{stroke:#8c959f;stroke-dasharray:3 4}.line{fill:none;stroke:#0b6bcb;stroke-width:2}"
    ".area{fill:#0b6bcb;opacity:.12}.dot{fill:#0b6bcb;stroke:#fff;stroke-width:1.5}"
    ".gap{stroke:#0b6bcb;opacity:.35;stroke-width:2}"
)


def confidence_svg(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float], threshold: float
) -> str:
    """Reliability and risk against coverage side by side, as a file of its own.

    Args:
        weights: how much each reading counts, 1 on average.
    """
    sure, good = [], []
    for p, is_right, weight in zip(confidence, right, weights, strict=True):
        times = round(weight * _FINE)
        sure += [round(p, 2)] * times  # a curve of a hundred points is as fine as the eye
        good += [is_right] * times
    plots = (reliability_plot(sure, good), risk_coverage_plot(sure, good, threshold))
    placed = "".join(
        plot.replace("<svg ", f'<svg x="{number * WIDTH}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        for number, plot in enumerate(plots)
    )
    width = len(plots) * WIDTH
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}">'
    ground = f'<rect width="{width}" height="{HEIGHT}" fill="#fff"/>'
    return f"{head}<style>{_STYLE}</style>{ground}{placed}</svg>\n"
