import pytest

from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.integration.placement.counter import Counter


@pytest.fixture
def counter(database: Database) -> Counter:
    return Counter(BackOffice(database))
