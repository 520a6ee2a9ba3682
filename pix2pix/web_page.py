"""A web page that shows inputs, targets and outputs side by side; it needs nothing but the pictures by it."""

import html
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path

from dnnlib.files import atomic_write

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
  body {{ font: 15px system-ui, sans-serif; margin: 2rem auto; max-width: 900px; color: #222 }}
  table {{ border-collapse: collapse }} td, th {{ padding: .3rem .6rem; text-align: left }}
  th {{ position: sticky; top: 0; background: #fff }}
  img {{ width: 256px; image-rendering: auto; display: block }}
</style></head><body>
<h1>{title}</h1>
<table>{figures}</table>
<p><a href="contact.png">all outputs on one sheet</a>, <a href="figures.csv">figures of each picture</a></p>
<table><tr><th>input<th>target<th>output<th>name</tr>
{rows}
</table></body></html>
"""


def write_page(path: Path, title: str, figures: Mapping[str, float], names: Sequence[str]) -> None:
    """Write the page for pictures NAME.png in inputs/, targets/ and outputs/ beside it."""
    rows = []
    for name in names:
        source = urllib.parse.quote(f"{name}.png")
        cells = "".join(f'<td><img loading="lazy" src="{kind}/{source}" alt="{kind[:-1]}">'
                        for kind in ("inputs", "targets", "outputs"))  # fmt: skip
        rows.append(f"<tr>{cells}<td>{html.escape(name)}</tr>")
    lines = "".join(f"<tr><td>{html.escape(name)}<td>{value:.4f}</tr>" for name, value in figures.items())
    page = _PAGE.format(title=html.escape(title), figures=lines, rows="\n".join(rows))
    with atomic_write(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
