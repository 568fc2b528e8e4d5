"""What would a study file for these exports say? A first draft, and what is unsure in it."""

from cxlab.drafting.draft import Draft, draft

__all__ = ["Draft", "draft"]
