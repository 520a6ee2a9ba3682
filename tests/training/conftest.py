"""What tests of projections begin with; modules that need another `generator` have one of their own."""

import pytest

from tests.training.small_projections import own_photo, small_generator


@pytest.fixture(scope="module")
def generator():
    return small_generator()


@pytest.fixture(scope="module")
def photo(generator):
    return own_photo(generator)
