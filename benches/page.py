"""The parts of docs/PERFORMANCE.md that are written by what measures."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


def put(name, text):
    """Replaces the page's part of this name."""
    page = DOCS / "PERFORMANCE.md"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    part = f"{begin}\n\n{text.strip()}\n\n{end}"
    page.write_text(re.sub(f"{begin}.*{end}", lambda _: part, page.read_text(), flags=re.DOTALL))
