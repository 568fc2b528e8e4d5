"""What the questions about staying share: fits, and how far they carry.

`proportional` is Cox's model, `lines` those of the log of time, `contracts` projections; `reach`
says until when a curve is carried, `attendance` who was there in which period.
"""
