"""What the questions share: people and their weights, columns, blocks of answers, and letters.

`people` says who is counted; `columns` who stands in which column; `blocks` and `cells` what is
counted of a question; `letters` tests, `held` holds back, `telling` says what the reader must know.
"""
