import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.infrastructure.database import tables_access
from tests.e2e.api.service import Service
from tests.patience import AWAITED_S


async def sessions(service: Service) -> set[str]:
    async with service.container.database().read_sessions() as session:
        return set(await session.scalars(select(tables_access.refresh_tokens.c.id)))


async def test_a_running_service_forgets_what_has_expired_by_itself(
    database_url: str, tmp_path: Path
) -> None:
    async with Service.running(
        database_url, tmp_path / "data", housekeeping_interval_seconds=0.05
    ) as service:
        user_id, now = await service.user(), service.container.clock().now()
        async with service.uow() as uow:
            for name, life in (("over", -1), ("live", 1)):
                await uow.refresh_tokens.add(
                    RefreshToken(
                        id=name,
                        family_id=name,
                        user_id=user_id,
                        token_hash=name,
                        created_at=now - timedelta(days=2),
                        expires_at=now + timedelta(days=life),
                    )
                )
            await uow.commit()

        async with asyncio.timeout(AWAITED_S):
            while "over" in await sessions(service):
                await asyncio.sleep(0.02)

        assert await sessions(service) == {"live"}


async def test_what_is_done_every_so_often_is_listed(sqlite_url: str, tmp_path: Path) -> None:
    async with Service.running(sqlite_url, tmp_path / "data") as service:
        client = await service.client()
        async with asyncio.timeout(10):
            while not (listed := (await client.get("/api/v1/admin/schedules")).json()):
                await asyncio.sleep(0.02)

        assert [each["name"] for each in listed] == [
            "ask_payments",
            "expire_orders",
            "forget_expired",
        ]
