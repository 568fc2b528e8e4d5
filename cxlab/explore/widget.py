"""The explorer in a notebook cell.

anywidget carries what was clicked to the kernel and what is to be drawn back; the panel's own
script and style lie beside this file, so that nothing is fetched. Weighed: mosaic-widget asks a
database from the browser and knows no interval; itables needs a call of its own to work without a
network; a widget per control of ipywidgets would be drawn anew at each click. Tried in JupyterLab
4.6 and Notebook 7.6; not in VS Code.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

import cxlab
from cxlab.explore.sitting import Sitting
from cxlab.study import Study

HERE = Path(__file__).parent


class Panel(anywidget.AnyWidget):
    """The explorer of one study; `sitting` is what it knows."""

    _esm = HERE / "panel.js"
    _css = HERE / "panel.css"
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        super().__init__(shown=sitting.shown())
        self.on_msg(self._clicked)

    def _clicked(self, widget: Any, content: Any, buffers: Any) -> None:
        self.sitting.do(content if isinstance(content, dict) else {})
        self.shown = {**self.sitting.shown(), "turn": self.shown.get("turn", 0) + 1}


def panel(study: Study | str | Path, *, by: str = "", level: float = 0.95) -> Panel:
    """Open the explorer of a study.

    Args:
        study: the study file, or the study opened.
        by: the column whose groups are compared first; empty for the study's first segment.
        level: confidence in all that one sitting says together.

    Returns:
        A widget: the last line of a cell shows it.

    Raises:
        Misuse: the study holds no survey answers.
    """
    opened = study if isinstance(study, Study) else cxlab.open(study)
    file = opened.mapping.folder / "study.yaml" if isinstance(study, Study) else Path(study)
    return Panel(Sitting(opened, file=str(file), by=by, level=level))
