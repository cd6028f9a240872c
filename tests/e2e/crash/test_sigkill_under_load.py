from pathlib import Path

import pytest

from tests.chaos.order_storm import OrderStorm
from tests.server_process import PreloadedServer


@pytest.mark.parametrize("group_max", ["1", "256"])
async def test_an_acknowledged_order_exists_exactly_once_after_sigkills(
    group_max: str, database_url: str, tmp_path: Path
) -> None:
    async with PreloadedServer(database_url, tmp_path, PLACEMENT_BATCH_MAX=group_max) as server:
        report = await OrderStorm(server, await server.api_key(), kills=3, seed=7).run()

    assert report.kills == 3
    assert report.lost == []
    assert report.doubled == []
    assert report.violations == []
    assert report.orders_in_database == len(report.acknowledged)
