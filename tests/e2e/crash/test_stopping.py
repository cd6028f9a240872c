"""SIGTERM at the busiest moment: the run that `python -m tests.chaos.stopping` prints."""

from pathlib import Path

import pytest

from tests.chaos.stopping import WITHIN_S, stop


@pytest.mark.long
async def test_a_server_at_its_busiest_ends_in_time_and_loses_nothing(
    database_url: str, tmp_path: Path
) -> None:
    found = await stop(database_url, tmp_path)

    assert found.code == 0, found
    assert found.ended_s < WITHIN_S, found
    assert found.unready_s is not None, found
    assert (found.lost, found.violations) == (0, 0), found
    assert found.answers[201] > 0, found
    assert set(found.answers) <= {201, 503}, found
