"""One executed notebook as one self-contained, inert HTML page."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import mistune
import nh3

from cxlab.export import layout, telling
from cxlab.export.audience import held, people
from cxlab.export.frame import framed
from cxlab.results import AROUND, MIME, Result, as_html, count

LARGEST = 8_000_000  # characters of a page
LONGEST_TEXT = 20_000  # characters of plain output shown a cell
TOO_FEW = (
    "{} is not shown here: this report stands on fewer than {} people, the fewest that readers of "
    "its pages may see (privacy.audiences in the study file)."
)

# fmt: off
_TAGS = {
    "section", "figure", "figcaption", "img", "table", "thead", "tbody", "tr", "th", "td",
    "details", "summary", "h3", "h4", "p", "ul", "ol", "li", "div", "span", "strong", "em", "b",
    "i", "code", "pre", "br", "small", "sub", "sup", "hr", "blockquote", "dl", "dt", "dd", "a",
}
# fmt: on
_ATTRIBUTES = {
    "*": {"class", "role", "aria-label", "tabindex", "title"},
    "img": {"src", "alt"},
    "a": {"href"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "details": {"open"},
}


def findings(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Collect the results a notebook displayed, in order, each once.

    Args:
        notebook: an executed notebook as JSON.

    Returns:
        The results as `Result.to_dict` wrote them.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            said = output.get("data", {}).get(MIME, ())
            for answer in said if isinstance(said, list | tuple) else [said]:
                known = found.setdefault((answer["name"], answer["headline"]), dict(answer))
                if answer.get("alt"):  # shown as a number first, drawn later
                    known["alt"] = answer["alt"]
    return list(found.values())


def around(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a notebook offers the readers of the overview to choose; nothing if it does not.

    Args:
        notebook: an executed notebook as JSON.
    """
    shown = (
        output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", ())
    )
    return next((dict(data[AROUND]) for data in shown if AROUND in data), {})


def page(
    notebook: Mapping[str, Any],
    *,
    study: str,
    part: str = "",
    home: str = "",
    analyst: str = "",
    smallest: int = 0,
) -> str:
    """Render an executed notebook for reading: prose and answers, no code.

    Args:
        notebook: an executed notebook as JSON.
        study: name of the study.
        part: which part of it, such as `region: North`; empty for everyone.
        home: relative address of the index, or nothing.
        analyst: relative address of the executed notebook, or nothing.
        smallest: fewest people of a group that its readers may see; the page of a part that
            stands on fewer says so, and nothing else.

    Returns:
        A whole HTML document without any remote address. Everything that came from data is
        text; a content security policy forbids the rest.
    """
    title, parts = "", []
    for cell in telling.telling(notebook["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = re.match(r"#\s+(.+)", source)
            if heading and not title:
                title = heading[1].strip()
                source = source[heading.end() :]
            parts.append(("prose", str(_MARKDOWN(source))))
        elif cell["cell_type"] == "code":
            parts += [("shown", _shown(_seen(one, smallest))) for one in cell.get("outputs", ())]
    gone = _left_out(notebook["cells"])
    if part and (people(findings(notebook)) or smallest) < smallest:
        parts = [("prose", f"<p>{html.escape(TOO_FEW.format(part, count(smallest)))}</p>")]
        gone = ""
    contents, body = layout.laid_out(layout.sections(_bounded([one for one in parts if one[1]])))
    return framed(
        "page.html",
        script="find.js",
        searched='<section class="cx-gallery">' in body,  # no other page runs a script
        title=title or "Report",
        study=study,
        part=part,
        home=home,
        analyst=analyst,
        contents=contents,
        body=body + gone,
    )


def _left_out(cells: Sequence[Mapping[str, Any]]) -> str:
    """Say at the end of a page what is not on it, and what it would need."""
    lines = "".join(
        f"<li><strong>{html.escape(sections)}</strong>: {html.escape(why)}</li>"
        for sections, why in telling.left_out(cells)
    )
    said = f'<section><h2>Not on this page</h2><ul class="cx-notes">{lines}</ul></section>'
    return said if lines else ""


def _bounded(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Keep a page within what a browser and a mailbox bear; prose is kept, outputs are counted."""
    kept, size, left = [], 0, 0
    for kind, part in parts:
        if size + len(part) > LARGEST and len(part) > 1000:
            left += 1
            continue
        size += len(part)
        kept.append((kind, part))
    if left:
        said = f"{count(left, 'further output')} of this report would make the page too large"
        kept.append(("shown", f'<p class="cx-base">{said}; they are in the executed notebook.</p>'))
    return kept


_MARKDOWN = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])


def _seen(output: Mapping[str, Any], smallest: int) -> Mapping[str, Any]:
    """Give as a table what readers may see only in part; the picture shows more."""
    told = output.get("data", {}).get(MIME, ())
    answers = list(told) if isinstance(told, list | tuple) else [told]
    kept = [held(one, smallest=smallest) for one in answers]
    if kept == answers:
        return output
    markup = "".join(as_html(Result.from_dict(one)) for one in kept)
    return {**output, "data": {"text/html": markup}}


def _shown(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "error":
        said = html.escape(f"{output['ename']}: {output['evalue']}"[:500])
        return f'<p class="cx-failed" role="alert">This step failed. {said}</p>'
    if output["output_type"] == "stream":
        return _plain(output["text"]) if output.get("name") == "stdout" else ""
    data = output.get("data", {})
    if "text/html" in data:
        return _inert("".join(data["text/html"]))
    if "image/png" in data:
        image = "".join("".join(data["image/png"]).split())
        return f'<img src="data:image/png;base64,{html.escape(image)}" alt="A picture.">'
    return _plain(data.get("text/plain", ""))


def _plain(text: str | list[str]) -> str:
    text = "".join(text)
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\n… {len(text) - LONGEST_TEXT:,} more characters"
    return f"<pre>{html.escape(text)}</pre>" if text.strip() else ""


def _inert(markup: str) -> str:
    """Keep structure and pictures; drop scripts, handlers, styles and every address."""
    return nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_only_own,
        url_schemes={"data"},
        link_rel=None,
    )


_OWN_PAGE = re.compile(r"\.\./[0-9A-Za-z_-]+/[a-z0-9-]+\.html(#s\d+)?")


def _only_own(tag: str, name: str, value: str) -> str | None:
    if name == "href" and not _OWN_PAGE.fullmatch(value):
        return None
    if name == "src" and not value.startswith("data:image/png;base64,"):
        return None
    if name == "class" and not all(word.startswith("cx-") for word in value.split()):
        return None
    return value
