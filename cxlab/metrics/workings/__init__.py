"""What the questions about scores share: from rows to counts, and from counts to numbers.

`measures` says what is measured; `answers` counts; `estimates` gives numbers and intervals; `gaps`
sets two sets of answers side by side; `apart` tells groups apart; `alike` brings periods to one
mix; `periods` is the calendar; `season` is what comes back every year; `channels` warns of modes.
"""
