#!/usr/bin/python3
"""report.py [TSV]: puts what run.py measured into docs/PERFORMANCE.md, docs/performance.tsv and docs/performance.svg."""

import csv
import html
import math
import shutil
import sys
from pathlib import Path

from page import DOCS, put
from run import COLUMNS, HERE, TITLES, Row, table

# The picture: what a row takes, where the bars begin, how wide a doubling is, from which ratio to which it goes.
ROW, LEFT, DOUBLING, LEAST, MOST = 15, 430, 90, 0.5, 32


def read(path):
    """The first line's text, and the rows."""
    with path.open() as file:
        head = file.readline().removeprefix("#").strip()
        lines = csv.DictReader(file, delimiter="\t")
        rows = [Row(*(line[name] if name in COLUMNS[:4] else float(line[name] or 0) for name in COLUMNS)) for line in lines]
    return head, rows


def across(ratio):
    """Where a ratio stands in the picture."""
    return LEFT + DOUBLING * math.log2(min(max(ratio, LEAST), MOST) / LEAST)


def text(x, y, words, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{html.escape(words)}</text>'


def bar(row, y):
    """One figure: its bar from 1, its number, the null control and the goal."""
    start, end = across(1), across(row.ratio)
    colour = "#2a7f62" if row.ratio >= 1 else "#b3402e"
    parts = [
        text(LEFT - 50, y + 11, f"{row.variant} {row.metric}", 'text-anchor="end"'),
        f'<rect x="{min(start, end):.1f}" y="{y + 2}" width="{abs(end - start):.1f}" height="{ROW - 4}" fill="{colour}"/>',
        text(max(start, end) + 4, y + 11, f"{row.ratio:.2f}"),
    ]
    noise = across(row.noise) if row.noise else start
    parts.append(f'<rect x="{min(start, noise):.1f}" y="{y + 6}" width="{abs(noise - start):.1f}" height="3" fill="#999"/>')
    if row.goal:
        x = across(row.goal)
        parts.append(f'<path d="M{x:.1f} {y}v{ROW}" stroke="#000" stroke-width="1.5"/>')
    return parts


def picture(head, rows):
    """All ratios as an SVG: longer is better, 1 is OpenSSL 3.0."""
    rows = [row for row in rows if row.ratio == row.ratio and row.metric not in ("rate", "rss", "wallrate", "size")]
    parts, y = [], 50
    for measure, title in TITLES.items():
        mine = [row for row in rows if row.measure == measure]
        if mine:
            parts.append(text(10, y + 12, title, 'font-weight="bold"'))
            y += ROW + 5
            for row in mine:
                parts += bar(row, y)
                y += ROW
            y += 10
    width = across(MOST) + 50
    scale = [LEAST * 2**step for step in range(int(math.log2(MOST / LEAST)) + 1)]
    lines = [
        f'<path d="M{across(each):.0f} 40V{y}" stroke="#ccc"/>{text(across(each), 36, f"{each:g}", anchor)}'
        for each in scale
        for anchor in ['text-anchor="middle"']
    ]
    title = f"How many times better than the system's libssl: {head}"
    note = "Green: better, red: worse; grey: the null control; black mark: the goal."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {y}" font-family="sans-serif" font-size="11">',
            '<rect width="100%" height="100%" fill="#fff"/>',
            text(10, 14, title, 'font-weight="bold"'),
            text(10, 28, note),
            *lines,
            *parts,
            "</svg>\n",
        ]
    )


def main():
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "target/bench/results.tsv"
    head, rows = read(source)
    tables = [table(measure, mine) for measure in TITLES if (mine := [row for row in rows if row.measure == measure])]
    put("figures", "\n".join([head, *tables]))
    (DOCS / "performance.svg").write_text(picture(head, rows))
    if source.resolve() != (DOCS / "performance.tsv").resolve():
        shutil.copyfile(source, DOCS / "performance.tsv")


if __name__ == "__main__":
    main()
