"""Every example in a docstring does what it says."""

import doctest
import importlib
import pkgutil

import papermill  # noqa: F401  (its engines load ours, so it comes first)
import pytest

import cxlab

MODULES = sorted(found.name for found in pkgutil.walk_packages(cxlab.__path__, "cxlab."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = sum(
        len(test.examples)
        for name in MODULES
        for test in finder.find(importlib.import_module(name))
    )
    assert examples > 50
