"""Put a picture before the reader: heading, image with words for it, base, table behind it."""

import base64
import html
import io
import warnings
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from cxlab import results
from cxlab.plots import fonts
from cxlab.plots.theme import DPI, shown, style
from cxlab.results import MIME, Result, listing

COLOURS = 96  # of a picture; more cannot be told apart
NO_FONT = "No font on this machine has"


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A drawn answer, ready for a notebook, a page or a slide.

    Attributes:
        result: the answer.
        png: the picture.
        alt: the picture in words.
    """

    result: Result
    png: bytes
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        image = base64.b64encode(self.png).decode()
        return {
            "text/plain": f"{self.result.headline}\n{self.alt}\n{self.result.base}",
            "text/html": results.dressed(self.as_html(image)),
            "image/png": image,
            MIME: {**self.result.to_dict(), "alt": self.alt},
        }

    def as_html(self, image: str) -> str:
        """Render the exhibit as inert HTML around a base64 image."""
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.result.notes)
        notes = f'<ul class="cx-notes">{notes}</ul>' if notes else ""
        return (
            f'<section class="cx-exhibit"><h3>{html.escape(self.result.headline)}</h3><figure>'
            f'<img src="data:image/png;base64,{image}" alt="{html.escape(self.alt)}">'
            f'<figcaption class="cx-base">{html.escape(self.result.base)}</figcaption></figure>'
            f"{notes}<details><summary>The numbers behind this picture</summary>"
            f"{results.table(self.result.frame, self.result.unit, rows=60)}"
            f'<p class="cx-base">{html.escape(self.result.method)}</p></details></section>'
        )


@dataclass(frozen=True, eq=False)
class Gallery:
    """Exhibits of one kind beside each other, to be looked through and searched."""

    exhibits: tuple[Exhibit, ...]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        each = [one._repr_mimebundle_() for one in self.exhibits]
        cards = "".join(str(one["text/html"]) for one in each)
        return {
            "text/plain": "\n\n".join(one["text/plain"] for one in each),
            "text/html": f'<section class="cx-gallery">{cards}</section>',
            MIME: [one[MIME] for one in each],
        }


def show(ax: Axes, *more: Axes) -> Exhibit | Gallery:
    """Show a picture with everything a reader needs beside it; several as a gallery.

    Args:
        ax: what a function of this room returned.
        *more: further pictures, to be looked through.

    Returns:
        An exhibit that notebooks display: the headline above, the base below, the picture
        in words for those who cannot see it, the numbers one click away.
    """
    exhibits = tuple(map(_exhibit, (ax, *more)))
    return Gallery(exhibits) if more else exhibits[0]


def _exhibit(ax: Axes) -> Exhibit:
    figure: Any = ax.figure
    result, kind = shown(figure)
    missing = fonts.drawn_with(fonts.texts(result.frame))[1]
    with mpl.rc_context(style(result)), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # the note says it
        png = _painted(figure)
    if missing:
        told = f"{NO_FONT} {listing(missing)}: boxes stand for it in the picture, not in the table."
        result = replace(result, notes=(*result.notes, told))
    return Exhibit(result, png, f"{kind}. {result.headline}")


def _painted(figure: Any) -> bytes:
    """Paint a figure as PNG of few colours: a quarter of the bytes, and looking the same."""
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        figure.set_layout_engine(layout if _moved_inside(figure) else "none")  # once is enough
    canvas.draw()
    figure.set_layout_engine(layout)
    whole = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    buffer = io.BytesIO()
    few = whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    paper = few.getpixel((0, 0))  # the mean of what is nearly white
    few.putpalette(
        [255 if at // 3 == paper else value for at, value in enumerate(few.getpalette() or ())]
    )
    few.save(buffer, "png")
    return buffer.getvalue()


def _moved_inside(figure: Any) -> bool:
    """Set titles and names of axes that would be cut at the right against the end of their axes."""
    edge, moved = figure.bbox.x1, False
    for ax in figure.axes:
        for text in (ax.xaxis.label, ax._left_title):
            if text.get_text() and text.get_window_extent().x1 > edge:
                text.set_horizontalalignment("right")
                text.set_x(1.0)
                moved = True
    return moved
