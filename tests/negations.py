"""Sixty made-up phrases in which a `not` turns the meaning, with their sign."""

PRAISE = """
no problems at all
not bad
could not be happier
I have no complaints
never let me down
nothing went wrong
not a bad word to say about them
the box has never been late
it was not expensive at all
they did not make a single mistake
no trouble with the website
without any delays
we never had to wait
it isn't slow
the app has not crashed once
cannot complain
not disappointed with the coffee
nothing to complain about so far
no hidden fees
never any issues with the order
I was not unhappy with the service
the driver was never rude
it could not have been easier
could not ask for more
I don't regret it
no errors on the bill
nobody was unfriendly
not difficult to use
it did not break
no worries, no hassle
"""
BLAME = """
not good
I am not happy
it was not easy
nobody helped
no help from support
not worth the price
they never replied
it does not work
I would not recommend it
not satisfied with the delivery
never again, not reliable
could not be worse
the parcel never arrived
not the best quality
not friendly at all
the problem was never solved
it wasn't quick
nothing works
no longer pleased
I can't trust them
nobody was helpful
it has not improved
not fresh and not tasty
the coffee isn't nice
not a pleasant experience
my order was not delivered
they didn't thank me
without success
never punctual
I did not enjoy it
"""
SIGNED = {line: 1 for line in PRAISE.strip().splitlines()} | {
    line: -1 for line in BLAME.strip().splitlines()
}
