"""What the questions about leaving share: learning, and judging a score.

`learning` fits recipes and scores customers by models that never saw them; `scores` says how good
a score is, with its interval.
"""
