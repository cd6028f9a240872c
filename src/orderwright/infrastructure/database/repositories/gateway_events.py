from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.gateway_webhooks import GatewayEvent
from orderwright.infrastructure.database import tables_payments
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.upsert import insert_unless_there

_events = tables_payments.gateway_events


class SqlGatewayEvents:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(
        self, provider: str, event: GatewayEvent, order_id: int | None, *, now: datetime
    ) -> bool:
        row = {
            "provider": provider,
            "event_id": event.id,
            "reference": event.reference,
            "order_id": order_id,
            "received_at": now,
        }
        inserted = await self._session.execute(
            insert_unless_there(self._session, _events, row).returning(_events.c.event_id)
        )
        return inserted.first() is not None

    async def forget(self, before: datetime, *, limit: int) -> int:
        old = (
            select(_events.c.provider, _events.c.event_id)
            .where(_events.c.received_at < before)
            .order_by(_events.c.received_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        mine = tuple_(_events.c.provider, _events.c.event_id)
        return await deleted(self._session, delete(_events).where(mine.in_(old)))
