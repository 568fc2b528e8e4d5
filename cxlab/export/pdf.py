"""Pages on paper, printed by the browser that shows them."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cxlab.codebook import Refusal

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
LIMIT = 180  # seconds a page may take


class PdfError(Refusal):
    """A page cannot be printed."""

    status = 1


def browser() -> str:
    """Find a Chromium browser.

    Raises:
        PdfError: there is none.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise PdfError("PDF needs a Chromium or Chrome browser, and none is found; install one.")


def printed(page: Path, out: Path) -> None:
    """Print a page; the file appears whole or not at all.

    Args:
        page: a page of a run.
        out: the PDF to write.
    """
    with tempfile.TemporaryDirectory(prefix="cx-") as folder:
        made = Path(folder) / "page.pdf"
        words = [browser(), "--headless", "--disable-gpu", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update",
                 f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                 f"--print-to-pdf={made}", page.resolve().as_uri()]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # the browser refuses to run as root otherwise
        try:
            subprocess.run(words, check=True, capture_output=True, timeout=LIMIT)
            content = made.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PdfError(f"{page}: could not be printed ({type(error).__name__}).") from None
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(content)
    os.replace(part, out)


def bound(pages: Sequence[Path]) -> str:
    """Put pages of one run behind each other, each on a new sheet, as one document.

    Args:
        pages: pages of a run, in reading order.
    """
    texts = [page.read_text(encoding="utf-8") for page in pages]
    head = texts[0][: texts[0].index("<body")]
    bodies = [re.sub(r"(?s)^.*?<body[^>]*>|</body>.*$", "", text) for text in texts]
    bodies = [
        re.sub(r"(?s)<footer>.*?</footer>|<nav .*?</nav>| id=\"s\d+\"", "", b) for b in bodies
    ]
    sheets = "\n".join(f'<article class="cx-sheet">{body}</article>' for body in bodies)
    return f"{head}<body>\n{sheets}\n</body>\n</html>\n"
