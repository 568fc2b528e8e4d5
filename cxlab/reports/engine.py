"""The papermill engine `cxlab`: run the cells of a notebook in this very process.

It is meant for a fresh fork of a warm process: state cannot leak, because the process ends
with its report. Outputs are written as an ordinary kernel would write them.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import Engine
from traitlets.config import Config

from cxlab.reports.report import LONGEST_STREAM


class WarmEngine(Engine):
    """Execute a notebook without a second process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> None:
        """Run the cells in order; stop at the first that raises.

        Args:
            nb_man: papermill's notebook manager.
            kernel_name: not used; the kernel is this process.
            **kwargs: what papermill passes to every engine.
        """
        shell, outputs = _shell()
        with _Streams(outputs):
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                outputs.begin()
                raised = cell.cell_type == "code" and not _run(shell, cell, outputs)
                if raised:
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if raised:
                    break


class _Outputs:
    """The outputs of the cell that is running, in the order they came."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.cell: list[Any] = []
        self._printed: list[str] = []
        self._length = 0

    def add(self, output: Any) -> None:
        """Add an output that is not printed text."""
        self._join()
        self.cell.append(output)

    def stream(self, name: str, text: str) -> None:
        """Add printed text; beyond the limit it is counted, not kept."""
        last = self.cell[-1] if self.cell else None
        if last is None or last.output_type != "stream" or last.name != name:
            self._join()
            self.cell.append(new_output("stream", name=name, text=""))
        room = LONGEST_STREAM - self._length
        self._length += len(text)
        if room > 0:
            self._printed.append(text[:room])

    def end(self) -> list[Any]:
        """Give what the cell showed."""
        if self._length > LONGEST_STREAM:
            left = self._length - LONGEST_STREAM
            self._printed.append(f"\n… {left:,} more characters\n")
        self._join()
        return list(self.cell)

    def _join(self) -> None:
        if self.cell and self.cell[-1].output_type == "stream":
            self.cell[-1].text += "".join(self._printed)
        self._printed = []


def _shell() -> tuple[InteractiveShell, _Outputs]:
    outputs = _Outputs()

    class Publisher(DisplayPublisher):
        def publish(self, data, metadata=None, source=None, **kwargs) -> None:
            shown = new_output("display_data", data=data, metadata=metadata or {})
            outputs.add(shown)

        def clear_output(self, wait: bool = False) -> None:
            outputs.begin()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict, md_dict=None) -> None:
            result = {"data": format_dict, "metadata": md_dict or {}}
            outputs.add(new_output("execute_result", execution_count=None, **result))

        def finish_displayhook(self) -> None:
            self._is_active = False

        def start_displayhook(self) -> None:
            self._is_active = True

    class Shell(InteractiveShell):
        displayhook_class = Hook
        display_pub_class = Publisher

        def enable_gui(self, gui=None) -> None:
            pass

        def _showtraceback(self, kind, value, lines) -> None:
            said = {"ename": kind.__name__, "evalue": str(value), "traceback": list(lines)}
            outputs.add(new_output("error", **said))

    InteractiveShell.clear_instance()
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    sys.path.insert(0, str(Path.cwd()))
    _inline_figures(shell)
    return shell, outputs


def _inline_figures(shell: InteractiveShell) -> None:
    """Show figures an analyst leaves open, as an ordinary kernel does."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    shell.run_cell("%matplotlib inline", silent=True)


def _run(shell: InteractiveShell, cell: Any, outputs: _Outputs) -> bool:
    if not cell.source.strip():
        return True
    done = shell.run_cell(cell.source, store_history=True)
    cell.execution_count = shell.execution_count - 1
    cell.outputs = outputs.end()
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count
    return bool(done.success)


class _Streams:
    """Send what is printed to the outputs of the running cell."""

    def __init__(self, outputs: _Outputs) -> None:
        self.outputs = outputs

    def __enter__(self) -> None:
        self.before = sys.stdout, sys.stderr
        sys.stdout = _Writer("stdout", self.outputs)
        sys.stderr = _Writer("stderr", self.outputs)

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self.before


class _Writer(io.TextIOBase):
    def __init__(self, name: str, outputs: _Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        if text:
            self.outputs.stream(self.name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False
