"""Who are the customers of Kestrel Coffee?"""

from dataclasses import dataclass

import numpy as np

from cxlab.sample import company

NEVER = 10_000  # a cancellation day that does not come

FIRST_NAMES = np.array(
    """
    Aaron Abigail Adam Ahmed Aisling Alan Alejandro Alice Amelia Amir Andrew Angharad Anita
    Anna Anneliese Arjun Barbara Beatriz Bethan Brian Bridget Callum Carys Catherine
    Charlotte Chidi Chloë Christopher Ciara Claire Colin Daniel David Deborah Deepa Delyth
    Diane Dominic Edward Eilidh Elaine Eleanor Elijah Emily Emma Ewan Farah Fatima Fiona
    Françoise Gareth George Grace Graham Hannah Harriet Harry Heather Helen Hugo Ian Imogen
    Imran Isabel Jack Jacob James Jane Janet Jasmine Jia Joanna John Jörg José Joseph Joyce
    Julie Karen Katarzyna Kate Keith Kwame Laura Leah Leon Liam Linda Louise Lucy Luke Magda
    Malcolm Margaret Mark Martin Mary Matthew Megan Mei Michael Miguel Mohammed Naomi
    Natalie Neil Niamh Nicola Nigel Noor Oliver Olivia Oluwaseun Omar Owen Patricia Paul
    Peter Philippa Piotr Priya Rachel Rajesh Rebecca Renée Rhys Richard Robert Rosa Ruth
    Sally Samir Sandra Sarah Sean Shanice Sian Simon Siobhán Sophie Stephen Susan Tariq
    Thérèse Thomas Tomasz Victoria Wendy William Yasmin Yusuf Zainab Zoë
    """.split(),  # noqa: SIM905
    dtype=object,
)
SURNAMES = np.array(
    """
    Abbott Adeyemi Ahmed Ali Allen Anderson Armitage Ashworth Atkinson Bailey Baker Banerjee
    Barker Begum Bell Bennett Bevan Blackwood Boyle Bradley Brennan Brooks Brown Burton
    Butler Byrne Campbell Carter Chan Chapman Chaudhry Clarke Cohen Collins Cooper Cox Craig
    Crawford Cunningham Da-Silva Davies Dawson Dixon Doyle Duffy Duncan Edwards Ellis Evans
    Farrell Fernández Fitzgerald Fletcher Foster Fox Fraser Gallagher García Gibson Gill
    Gordon Graham Grant Gray Green Griffiths Hall Hamilton Harris Harrison Harvey Hayes
    Henderson Hill Holmes Hopkins Howard Hughes Hunt Hussain Iqbal Jackson James Jenkins
    Johnson Jones Joshi Kaur Kelly Kennedy Khan King Knight Kowalski Kumar Lawson Lee Lewis
    Lloyd López Lowe MacDonald Malik Marshall Martin Mason McCarthy McKenzie Mehta Miller
    Mills Mitchell Moore Morgan Morris Müller Murphy Murray Muñoz Nair Nelson Newton Nguyen
    Nowak O'Brien O'Connor O'Neill Okafor Okonkwo Osborne Owen Palmer Parker Patel Patterson
    Pearson Perry Phillips Pires Powell Price Rahman Reid Reynolds Richards Richardson
    Roberts Robertson Robinson Rogers Ross Russell Ryan Sanders Saunders Schäfer Scott Shah
    Sharma Shaw Sheikh Simpson Singh Smith Spencer Stevens Stewart Stone Sullivan Taylor
    Thomas Thompson Tucker Turner Walker Wallace Walsh Walters Ward Watson Webb West White
    Wilkinson Williams Wilson Wood Wright Yates Young
    """.split(),  # noqa: SIM905
    dtype=object,
)


@dataclass(frozen=True, eq=False)
class People:
    """One entry per customer in each array, in the order of joining."""

    number: np.ndarray  # customer number, written with seven digits
    first: np.ndarray  # place in FIRST_NAMES
    surname: np.ndarray
    region: np.ndarray
    plan: np.ndarray
    source: np.ndarray
    joined: np.ndarray  # days since the start
    nature: np.ndarray  # the lasting part of the experience
    leaning: np.ndarray  # touchpoints x customers: what each likes more or less than the rest
    appetite: np.ndarray  # one-off orders a month
    billing_day: np.ndarray
    app_user: np.ndarray

    def __len__(self) -> int:
        return len(self.number)


def draw(rng: np.random.Generator, *, customers: int) -> People:
    """Draw the customers with everything that is settled when they join.

    Example:
        >>> len(draw(np.random.default_rng(1), customers=50))
        50
    """
    region = rng.choice(len(company.REGIONS), customers, p=company.REGION_SHARE).astype(np.int8)
    nature = rng.normal(0, 0.92, customers) + np.take(company.REGION_EXPERIENCE, region)
    return People(
        number=1_000 + np.cumsum(rng.integers(1, 6, customers)),
        first=_unevenly(rng, len(FIRST_NAMES), customers),
        surname=_unevenly(rng, len(SURNAMES), customers),
        region=region,
        plan=rng.choice(len(company.PLANS), customers, p=company.PLAN_SHARE).astype(np.int8),
        source=rng.choice(len(company.SOURCE_SHARE), customers, p=company.SOURCE_SHARE).astype(
            np.int8
        ),
        joined=_joining_days(rng, customers),
        nature=nature.astype(np.float32),
        leaning=rng.standard_normal((len(company.TOUCHPOINTS), customers), dtype=np.float32),
        appetite=rng.gamma(0.7, 0.42, customers).astype(np.float32),
        billing_day=rng.integers(1, 29, customers),
        app_user=rng.random(customers) < 0.4,
    )


def _joining_days(rng: np.random.Generator, customers: int) -> np.ndarray:
    """A launch that brings a third of all customers in a few weeks, then a steady stream."""
    launch = rng.random(customers) < 0.38
    early = np.minimum(rng.exponential(16, customers), 58)
    steady = rng.uniform(0, company.LAST_DAY - 8, customers)
    return np.sort(np.where(launch, early, steady).astype(np.int32))


def _unevenly(rng: np.random.Generator, kinds: int, size: int) -> np.ndarray:
    """Some names are common and some rare, whatever their place in the alphabet."""
    weight = rng.gamma(1.5, 1.0, kinds)
    return rng.choice(kinds, size, p=weight / weight.sum()).astype(np.int16)
