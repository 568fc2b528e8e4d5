"""One linear model, and the name of the column that it cannot tell apart."""

from collections.abc import Sequence

from cxlab import stats
from cxlab.drivers.workings.design import DriverError


def fitted(x, y, w, cluster, names: Sequence[str]) -> stats.Line:
    """Fit a linear model; name the column that has no slope of its own."""
    try:
        return stats.line(x, y, weight=w, cluster=cluster)
    except stats.DependentError as error:
        name = names[error.place] if error.place < len(names) else "a control"
        raise DriverError(
            f"'{name}' does not vary among these answers, or follows from the other columns: it "
            "has no slope of its own.\nLeave it out, or one of those."
        ) from None
