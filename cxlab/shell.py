"""In IPython and Jupyter a refusal is its sentence; the traceback is there on request (`%tb`)."""

import sys
from types import TracebackType
from typing import Any


def quiet() -> None:
    """Let the running IPython, if there is one, answer our refusals without a traceback."""
    running = sys.modules.get("IPython")
    shell = running.get_ipython() if running is not None else None
    if shell is not None:
        from cxlab.codebook import Refusal

        shell.set_custom_exc((Refusal,), _answer)


def _answer(
    shell: Any, kind: type[Exception], error: Exception, trace: TracebackType, tb_offset: Any = None
) -> None:
    """Show the sentence where IPython would show the traceback, and keep that for `%tb`."""
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    shell._showtraceback(kind, error, [f"{kind.__name__}: {error}"])
