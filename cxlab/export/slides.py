"""The exhibits of a run as slides in one page that works offline."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from cxlab.export.audience import held, seen
from cxlab.export.frame import framed
from cxlab.export.leadership import EVERYONE, Page
from cxlab.export.sentences import caption
from cxlab.results import MIME

PER_REPORT = 4


def slides(
    manifest: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    notebooks: Mapping[str, Mapping[str, Any]],
) -> str:
    """Make slides of the pictures of a run, each under the sentence it shows.

    Args:
        manifest: the run's manifest.
        found: the run's findings.
        notebooks: page of a report -> its executed notebook.

    Returns:
        A whole HTML document: arrow keys, space and swipes turn the slides; on paper each is
        a sheet.
    """
    smallest = manifest.get("fewest", {}).get("leadership", 0)
    found = seen(found, smallest=smallest)
    known = f"As known on {manifest['as_of']}"
    body = [_slide(f"<h1>{html.escape(manifest['study'])}</h1><p>{html.escape(known)}</p>")]
    page = Page([r for r in found if not any(f["name"] == "leadership" for f in r["findings"])])
    if page.sentences:
        items = "".join(
            f"<li>{html.escape(s.text)} <small>{html.escape(caption(s))}"
            f"<em>{html.escape(s.word)}</em></small></li>"
            for s in page.sentences
        )
        numbers = [f"{n['name']} {n['shown']} ({n['interval']})" for n in page.numbers]
        base = f'<p class="cx-base">{html.escape("; ".join(numbers))}</p>' if numbers else ""
        body.append(_slide(f"<h2>What to know</h2><ol>{items}</ol>{base}"))
    whole = [r for r in found if r["part"] == EVERYONE and r["page"] in notebooks]
    for report in sorted(whole, key=lambda r: (r["reading_order"], r["notebook"])):
        body += _exhibits(notebooks[report["page"]], smallest)
    return framed(
        "slides.html",
        script="slides.js",
        title="Slides",
        study=manifest["study"],
        body="\n".join(body),
    )


def _exhibits(notebook: Mapping[str, Any], smallest: int) -> list[str]:
    """Give the pictures that show nothing the audience may not see."""
    out = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            told = data.get(MIME)
            if not isinstance(told, dict) or "image/png" not in data:
                continue
            if held(told, smallest=smallest) == told:
                out.append(_exhibit(told, "".join("".join(data["image/png"]).split())))
    return out[:PER_REPORT]


def _exhibit(told: Mapping[str, Any], image: str) -> str:
    alt = html.escape(told.get("alt") or told["headline"])
    return _slide(
        f"<h2>{html.escape(told['headline'])}</h2>"
        f'<img src="data:image/png;base64,{html.escape(image)}" alt="{alt}">'
        f'<p class="cx-base">{html.escape(told["base"])}</p>'
    )


def _slide(markup: str) -> str:
    return f'<section class="cx-slide">{markup}</section>'
