from collections.abc import Iterator

import pytest

from tests.patience import PATIENT_SETTINGS


@pytest.fixture(scope="package", autouse=True)
def _patience() -> Iterator[None]:
    """In the environment, where servers of their own and applications in this process find it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PATIENT_SETTINGS.items():
            patch.setenv(name, value)
        yield
