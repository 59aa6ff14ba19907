"""Draws figures against how many things there are, as an SVG: a panel for each metric, both axes in powers of ten."""

import html
import math

WIDTH, HEIGHT, LEFT, TOP, ACROSS, DOWN, COLUMNS = 300, 150, 60, 65, 370, 210, 3
COLOURS = {"system": "#b3402e", "FerroSSL": "#2a7f62"}


def decades(values):
    """The powers of ten around the values: the exponents of the first and of the last."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def panel(left, top, metric, lines):
    """One metric: `lines` has the points (how many, figure) of each library."""
    points = [point for line in lines.values() for point in line]
    (first, last), (low, high) = (decades([point[axis] for point in points]) for axis in (0, 1))

    def place(x, y):
        across = left + WIDTH * (math.log10(x) - first) / (last - first)
        return across, top + HEIGHT * (high - math.log10(y)) / (high - low)

    parts = [text(left, top - 8, metric)]
    for exponent in range(low, high + 1):
        _, y = place(10**first, 10**exponent)
        parts += [f'<path d="M{left} {y:.1f}h{WIDTH}" stroke="#ddd"/>', text(left - 5, y + 4, f"{10.0**exponent:g}", "end")]
    for exponent in range(first, last + 1):
        x, _ = place(10**exponent, 10**low)
        parts += [f'<path d="M{x:.1f} {top}v{HEIGHT}" stroke="#ddd"/>', text(x, top + HEIGHT + 14, f"{10**exponent:,}", "middle")]
    for name, line in lines.items():
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line))
        parts.append(f'<polyline points="{corners}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
    return parts


def plot(title, metrics):
    """`metrics` has, for each metric, the points of each library."""
    parts = [f'<text x="10" y="18" font-weight="bold">{html.escape(title)}</text>']
    for number, name in enumerate(COLOURS):
        x = 10 + 90 * number
        parts += [f'<rect x="{x}" y="26" width="12" height="8" fill="{COLOURS[name]}"/>', text(x + 16, 34, name)]
    for number, (metric, lines) in enumerate(metrics.items()):
        parts += panel(LEFT + ACROSS * (number % COLUMNS), TOP + DOWN * (number // COLUMNS), metric, lines)
    size = f"0 0 {LEFT + ACROSS * COLUMNS} {TOP + DOWN * math.ceil(len(metrics) / COLUMNS)}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" font-family="sans-serif" font-size="11">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>\n"])
