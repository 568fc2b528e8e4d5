"""What a journey cannot say."""

from cxlab.results import Unanswerable


class JourneyError(Unanswerable):
    """The way cannot be told from these tables."""
