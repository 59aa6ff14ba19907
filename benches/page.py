"""The parts of docs/PERFORMANCE.md that are written by what measures."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


def put(name, figures):
    """Replaces the page's part of this name."""
    page = DOCS / "PERFORMANCE.md"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    part = f"{begin}\n\n{figures.strip()}\n\n{end}"
    text, count = re.subn(f"{begin}.*{end}", lambda _: part, page.read_text(), flags=re.DOTALL)
    if count != 1:
        raise RuntimeError(f"{page} has no part {name}")
    page.write_text(text)
