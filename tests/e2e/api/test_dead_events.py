"""The life of a poison event: refused, given up, looked at, offered again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from orderwright.application.services.event_turn import HandoverLimits
from orderwright.domain.entities.stock import OutOfStock
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.value_objects.permission import Permission
from tests.back_office import BackOffice, SteppingClock
from tests.e2e.api.service import Service
from tests.events import Copying, effects, handover, relay, rows


async def test_a_dead_event_is_told_with_its_reason_and_offered_again(service: Service) -> None:
    # Later than the service's own time, at which a retry is due.
    clock = SteppingClock(datetime(2100, 1, 1, tzinfo=UTC))
    office = BackOffice(service.container.database(), clock=clock)
    copying = Copying()
    following = handover(
        office, copying, limits=HandoverLimits(attempts_max=1, retry_countdown=timedelta())
    )
    await following.begin()
    customer = await office.customer()
    while await rows(office.database, "SELECT event_id FROM outbox"):
        await relay(office).number_due()

    async def refuse(_event: FeedEvent) -> None:
        raise OutOfStock("it is the consumer's fault")

    copying.refuse = refuse
    await following.run_due()

    client = await service.client()
    (dead,) = (await client.get("/api/v1/events/dead")).json()
    dead_at = dead.pop("dead_at")
    assert dead_at.endswith("Z")
    assert dead == {
        "consumer": "copying",
        "event_id": dead["event_id"],
        "event": "customer.created",
        "aggregate": "customer",
        "aggregate_id": customer,
        "attempts": 1,
        "code": "out_of_stock",
        "detail": "it is the consumer's fault",
    }

    path = f"/api/v1/events/dead/copying/{dead['event_id']}/retry"
    assert (await client.post(path)).status_code == 204
    copying.refuse = Copying().refuse
    await following.run_due()
    assert await effects(office.database) == [dead["event_id"]]
    assert (await client.get("/api/v1/events/dead")).json() == []
    again = await client.post(path)
    assert (again.status_code, again.json()["code"]) == (404, "dead_event_not_found")


async def test_who_may_not_administer_sees_no_dead_events(service: Service) -> None:
    reader = await service.client(Permission.ORDERS_READ)

    assert (await reader.get("/api/v1/events/dead")).status_code == 403


async def test_who_follows_hears_of_the_first_request_wherever_its_events_are_handed_over(
    database_url: str, tmp_path: Path
) -> None:
    async with Service.running(database_url, tmp_path / "data", background_work=False) as service:
        database = service.container.database()
        behind = await rows(
            database,
            "SELECT name, event_feed_head.position - event_consumers.position"
            " FROM event_consumers, event_feed_head ORDER BY name",
        )

    assert behind == [("mail", 0), ("webhooks", 0)]
