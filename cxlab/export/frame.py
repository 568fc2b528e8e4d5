"""The frame around every page: house style, content security policy, no remote address."""

import base64
import hashlib
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

_HERE = Path(__file__).parent


def framed(template: str, *, script: str = "index.js", **words: object) -> str:
    """Fill a template; everything but `body` is escaped.

    Args:
        template: file name in `templates`.
        script: file names of what is the one script the page may run.
        **words: what the template asks for; `body` is markup made by this room.
    """
    style, code = _asset("style.css"), "".join(map(_asset, script.split()))
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(code)}"
    )
    return (
        _templates()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(code),
            policy=policy,
            **{**words, "body": Markup(words.get("body", ""))},
        )
    )


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_HERE / "templates")
    words = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    return jinja2.Environment(loader=loader, autoescape=True, **words)  # type: ignore[arg-type]


@cache
def _asset(name: str) -> str:
    return (_HERE / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
