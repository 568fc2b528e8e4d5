"""What the questions about drivers share: numbers ready for a model, shares, and their certainty.

`design` turns answers into numbers; `missing` fills gaps; `lines`, `ordered` and `likelihood` fit;
`subsets` and `sharing` share out what is explained; `certainty` draws replicates; `points` says in
what an outcome is counted.
"""
