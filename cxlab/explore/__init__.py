"""What stands out when one looks around, and does it stand after so many looks?

In reading order:
    panel     the explorer of a study, in a notebook cell
    chosen    the study of the answers that chips choose
    against   how far are the chosen from all others?
    later     who left later, of the chosen and of all others?
    beside    all answers, with whether they are chosen
    about     an answer whose sentence names the chosen
    around    every set of answers that readers of the overview may choose
"""

from typing import Any

from cxlab.explore.chosen import chosen
from cxlab.explore.offered import around
from cxlab.explore.views import about, against, beside, later

__all__ = ["about", "against", "around", "beside", "chosen", "later", "panel"]


def __getattr__(name: str) -> Any:
    """Open the widget's library only for a panel; code that was copied does without."""
    if name == "panel":
        from cxlab.explore.widget import panel

        return panel
    raise AttributeError(f"the room explore has no '{name}'")
