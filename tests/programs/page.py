"""The page with the results: docs/PROGRAMS.md, whose generated parts stand between marks."""

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/PROGRAMS.md"


def write(part, text):
    """Puts a text between the marks of a part, and leaves what stands around them."""
    begin, end = f"<!-- {part}: written by make {part} -->\n", f"<!-- end of {part} -->\n"
    before, _, rest = PAGE.read_text().partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + begin + text + end + after)
