from pathlib import Path

from tests.chaos.payments import storm


async def test_every_order_is_charged_once_though_the_worker_dies_and_the_gateway_misbehaves(
    database_url: str, tmp_path: Path
) -> None:
    reckoning = await storm(database_url, tmp_path, kills=2, seed=3)

    assert reckoning.kills == 2
    assert reckoning.is_clean, str(reckoning)
