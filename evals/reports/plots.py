"""Plots as inline SVG, drawn from a run's data; colours come from the page's style sheet.

Each takes plain numbers and gives a complete ``<svg>``, or an empty text where there is nothing to show. The
same data give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from evals.metrics.calibration import equal_mass_bins
from evals.metrics.latency import percentile
from evals.metrics.risk_coverage import point_at, risk_coverage

WIDTH, HEIGHT = 340, 230
LEFT, RIGHT, TOP, BOTTOM = 54, 20, 12, 40


@dataclass(frozen=True, slots=True)
class _Axes:
    """Scales data to pixels; ``xs`` and ``ys`` are (least, greatest)."""

    xs: tuple[float, float]
    ys: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.xs
        return LEFT + (value - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        low, high = self.ys
        return HEIGHT - BOTTOM - (value - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    def points(self, pairs: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{self.x(a):.1f},{self.y(b):.1f}" for a, b in pairs)


def risk_coverage_plot(confidence: Sequence[float], right: Sequence[bool], threshold: float | None) -> str:
    """Share wrong against share answered, for every threshold; a dot at the current one."""
    points = risk_coverage(confidence, right)
    if len(points) < 2:
        return ""
    top = max(0.1, *(point.risk for point in points))
    axes = _Axes((0, 1), (0, top))
    line = [(point.coverage, point.risk) for point in points]
    area = [(line[0][0], 0.0), *line, (line[-1][0], 0.0)]
    body = f'<polygon class="area" points="{axes.points(area)}"/>'
    body += f'<polyline class="line" points="{axes.points(line)}"/>'
    here = None if threshold is None else point_at(points, threshold)
    if here is not None:
        at = f"at the threshold {threshold:g}: {here.coverage:.0%} answered, {here.risk:.0%} of those wrong"
        body += _dot(axes, here.coverage, here.risk, at)
    return _svg("risk against coverage", axes, body, "share answered", "share wrong", percent=(True, True))


def reliability_plot(confidence: Sequence[float], right: Sequence[bool], bins: int = 8) -> str:
    """Share right against stated confidence, in bins of equal mass; calibrated ones lie on the diagonal."""
    pairs = sorted(zip(confidence, right, strict=True))
    if len(pairs) < bins:
        return ""
    axes = _Axes((0, 1), (0, 1))
    body = f'<line class="guide" x1="{axes.x(0):.1f}" y1="{axes.y(0):.1f}"'
    body += f' x2="{axes.x(1):.1f}" y2="{axes.y(1):.1f}"/>'
    for group in equal_mass_bins(pairs, bins):
        stated = sum(score for score, _ in group) / len(group)
        share = sum(is_right for _, is_right in group) / len(group)
        body += f'<line class="gap" x1="{axes.x(stated):.1f}" y1="{axes.y(stated):.1f}"'
        body += f' x2="{axes.x(stated):.1f}" y2="{axes.y(share):.1f}"/>'
        body += _dot(axes, stated, share, f"{len(group)} cases, {stated:.0%} sure, {share:.0%} right")
    return _svg("reliability", axes, body, "stated confidence", "share right", percent=(True, True))


def latency_plot(times: Sequence[float], bins: int = 24) -> str:
    """Histogram of times in milliseconds, with median and 95th percentile."""
    median, slow = percentile(times, 50), percentile(times, 95)
    if len(times) < 2 or median is None or slow is None:
        return ""
    # The last bar holds the tail: one slow question would put all others into one bar.
    end = max(slow * 1.25, median * 1.5, 1e-6)
    counts = [0] * bins
    for ms in times:
        counts[min(int(ms / end * bins), bins - 1)] += 1
    axes = _Axes((0, end), (0, max(counts)))
    bar_width = (WIDTH - LEFT - RIGHT) / bins
    body = "".join(
        f'<rect class="bar" x="{LEFT + n * bar_width + 0.5:.1f}" y="{axes.y(count):.1f}"'
        f' width="{bar_width - 1:.1f}" height="{axes.y(0) - axes.y(count):.1f}"><title>{count}</title></rect>'
        for n, count in enumerate(counts)
        if count
    )
    for name, value in (("p50", median), ("p95", slow)):
        x = axes.x(value)
        body += f'<line class="mark" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{axes.y(0):.1f}"/>'
        body += f'<text class="note" x="{x + 4:.1f}" y="{TOP + 9}">{name} {value:.0f} ms</text>'
    return _svg("latency", axes, body, "milliseconds", "questions")


def recall_plot(ranks: Sequence[int | None], depth: int = 10) -> str:
    """Share of expected evidence that is among the first k passages, for each k from 1 to ``depth``."""
    if not ranks:
        return ""
    shares = [sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in range(1, depth + 1)]
    axes = _Axes((1, depth), (0, 1))
    line = list(enumerate(shares, 1))
    body = f'<polyline class="line" points="{axes.points(line)}"/>'
    body += "".join(_dot(axes, k, share, f"recall@{k} {share:.3f}") for k, share in line)
    return _svg("recall at k", axes, body, "passages looked at", "share found", percent=(False, True))


def _dot(axes: _Axes, x: float, y: float, title: str) -> str:
    return (
        f'<circle class="dot" cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="4">'
        f"<title>{escape(title)}</title></circle>"
    )


def _svg(
    title: str, axes: _Axes, body: str, across: str, up: str, percent: tuple[bool, bool] = (False, False)
) -> str:
    frame = "".join(_tick_x(axes, value, percent=percent[0]) for value in _ticks(axes.xs))
    frame += "".join(_tick_y(axes, value, percent=percent[1]) for value in _ticks(axes.ys))
    middle = (LEFT + WIDTH - RIGHT) / 2
    frame += (
        f'<text class="axis" x="{middle:.1f}" y="{HEIGHT - 4}" text-anchor="middle">{escape(across)}</text>'
    )
    side = (TOP + HEIGHT - BOTTOM) / 2
    frame += f'<text class="axis" transform="translate(11 {side:.1f}) rotate(-90)" text-anchor="middle">'
    frame += f"{escape(up)}</text>"
    head = f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    return f"{head}{frame}{body}</svg>"


def _tick_x(axes: _Axes, value: float, *, percent: bool) -> str:
    at = f'x="{axes.x(value):.1f}" y="{HEIGHT - BOTTOM + 14}"'
    return f'<text class="tick" {at} text-anchor="middle">{_tick_label(value, percent=percent)}</text>'


def _tick_y(axes: _Axes, value: float, *, percent: bool) -> str:
    y = axes.y(value)
    line = f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
    at = f'x="{LEFT - 6}" y="{y + 3.5:.1f}"'
    return f'{line}<text class="tick" {at} text-anchor="end">{_tick_label(value, percent=percent)}</text>'


def _tick_label(value: float, *, percent: bool) -> str:
    return f"{value * 100:.0f} %" if percent else f"{value:g}"


def _ticks(bounds: tuple[float, float]) -> list[float]:
    """Round numbers within the bounds, at most six of them."""
    low, high = bounds
    size = 10.0 ** floor(log10((high - low) / 5 or 1))
    step = next(s for s in (size, 2 * size, 2.5 * size, 5 * size, 10 * size) if (high - low) / s <= 5.01)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]
