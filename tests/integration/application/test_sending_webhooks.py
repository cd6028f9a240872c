"""What becomes of a delivery at a receiver that misbehaves: real sockets, and a clock that is told."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
import pytest
from standardwebhooks import Webhook

from orderwright.application.commands import delete_webhook as delete_webhook_module
from orderwright.application.commands.change_webhook import ChangeWebhook, change_webhook
from orderwright.application.commands.create_webhook import CreateWebhook, create_webhook
from orderwright.application.commands.delete_webhook import DeleteWebhook, delete_webhook
from orderwright.application.commands.send_test_webhook import SendTestWebhook, send_test_webhook
from orderwright.application.services.webhook_fan_out import WebhookFanOut
from orderwright.application.services.webhook_sending import Round, SendingLimits, WebhookSending
from orderwright.domain.entities.webhook_endpoint import (
    DisabledBecause,
    Envelope,
    PayloadStyle,
    WebhookEndpoint,
)
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    Reply,
    WebhookClient,
)
from orderwright.domain.value_objects.event_filter import EventFilter
from orderwright.infrastructure.crash_points import PlannedCrash, nothing
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.readers.webhooks import SqlWebhookReader
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.external_services.webhook_client import HttpWebhookClient
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.messaging.webhook_sender import WebhookSender
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.security.pinned_network import (
    PinnedNetwork,
    ThreadedResolver,
    pinned_transport,
)
from orderwright.infrastructure.security.sealed_secrets import AesGcmSecrets
from orderwright.infrastructure.security.url_guard import OutboundUrls
from tests.back_office import CountedIds, SteppingClock
from tests.webhook_sink import BOMB, HANGS, LARGE, OK, RESETS, Answer, Sink, answer, sink

DELAYS: Final = (5.0, 300.0)
LEASE: Final = timedelta(minutes=1)
URLS: Final = OutboundUrls(frozenset({443}), local_too=True)
SEALER: Final = AesGcmSecrets(["k" * 32], "webhook secrets")


@dataclass
class Post:
    """An endpoint at the sink, and what sends to it. No jitter: chance is always even."""

    database: Database
    clock: SteppingClock
    client: HttpWebhookClient
    sink: Sink
    reached: Callable[[str], Awaitable[None]] = nothing
    endpoint_id: int = 0
    secret: str = ""

    def uow(self, context: RequestContext | None = None) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.database, self.clock, nothing, context or RequestContext())

    async def endpoint(self, path: str = "/") -> int:
        made = await create_webhook(
            CreateWebhook(url=self.sink.url + path),
            self.uow(),
            urls=URLS,
            ids=CountedIds(),
            sealer=SEALER,
            now=self.clock.now(),
        )
        self.endpoint_id, self.secret = made.endpoint.id, made.secret
        return made.endpoint.id

    async def endpoints(self, many: int) -> None:
        async with self.uow() as uow:
            made = [
                WebhookEndpoint.create(
                    url=self.sink.url,
                    description="",
                    events=EventFilter.OF_ORDERS,
                    payload=PayloadStyle.FULL,
                    envelope=Envelope.PLAIN,
                    secret=SEALER.seal(self.secret),
                    now=self.clock.now(),
                )
                for _ in range(many)
            ]
            await uow.webhook_endpoints.add_all(made)
            await uow.commit()

    async def test(self) -> Delivery:
        command = SendTestWebhook(endpoint_id=self.endpoint_id)
        return await send_test_webhook(command, self.uow(), now=self.clock.now())

    async def send(self, limit: int = 8) -> Round:
        return await self.sending(self.client).send_due(self.endpoint_id, limit)

    def sending(self, client: WebhookClient) -> WebhookSending:
        return WebhookSending(
            self.uow,
            client,
            SEALER,
            self.clock,
            SendingLimits(delays_s=DELAYS, lease=LEASE, bear_for=timedelta(days=5)),
            failures=StructuredFailureLog(),
            chance=lambda: 0.5,
            reached=self.reached,
        )

    async def delivery(self, delivery_id: int) -> Delivery:
        found = await self.reader.delivery(self.endpoint_id, delivery_id)
        assert found is not None
        return found

    async def deliveries(self) -> Sequence[Delivery]:
        return await self.reader.deliveries(
            self.endpoint_id, below=None, limit=10, state=None, event_type=None
        )

    async def attempts(self, delivery_id: int) -> list[Attempt]:
        return list(await self.reader.attempts(delivery_id))

    async def seen(self) -> WebhookEndpoint:
        found = await self.reader.endpoint(self.endpoint_id)
        assert found is not None
        return found

    @property
    def reader(self) -> SqlWebhookReader:
        return SqlWebhookReader(self.database)


@dataclass(frozen=True)
class Unsendable:
    """Sends nothing of that id, or nothing at all."""

    why: str | Exception
    only: str = ""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:  # noqa: ARG002
        if self.only not in ("", headers["webhook-id"]):
            return Reply(status=204)
        if isinstance(self.why, Exception):
            raise self.why
        return Reply(error=self.why, sent=False)


def web_client(
    transport: httpx2.AsyncBaseTransport, clock: SteppingClock, *, timeout_s: float
) -> HttpWebhookClient:
    breakers = Breakers(BreakerSettings())
    return HttpWebhookClient(transport, URLS, breakers, clock.now, timeout_s=timeout_s, at_once=100)


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    map_entities()
    # Of today: what verifies signatures has a clock of its own.
    clock, resolver = SteppingClock(datetime.now(UTC)), ThreadedResolver()
    transport = pinned_transport(PinnedNetwork(URLS, resolver), connections_max=100)
    client = web_client(transport, clock, timeout_s=0.3)
    async with sink() as receiver:
        post = Post(database, clock, client, receiver)
        await post.endpoint()
        yield post
    await client.close()
    resolver.close()


# What the receiver says; then the delivery's state, status and error, and the seconds to the next try.
FAULTS: Final[dict[str, tuple[Answer, tuple[str, int | None, str | None, int]]]] = {
    "500": (answer("500 Oops"), ("pending", 500, None, 5)),
    "429 with Retry-After": (answer("429 Slow", "retry-after: 120"), ("pending", 429, None, 120)),
    "503 that wants too long a rest": (
        answer("503 Later", "retry-after: 999999"),
        ("pending", 503, None, 300),
    ),
    "hangs": (HANGS, ("pending", None, "timeout", 5)),
    "resets": (RESETS, ("pending", None, "connection_lost", 5)),
    "redirects": (answer("301 Moved", "location: /elsewhere"), ("pending", 301, None, 5)),
    "400": (answer("400 Bad"), ("pending", 400, None, 5)),
    "410": (answer("410 Gone"), ("dead", 410, None, 0)),
    "200 and 10 MB": (LARGE, ("delivered", 200, None, 0)),
    "200 and a gzip bomb": (BOMB, ("delivered", 200, None, 0)),
    "not HTTP": (b"220 mail ready\r\n", ("pending", None, "connection_lost", 5)),
}


async def test_what_becomes_of_a_delivery(post: Post) -> None:
    for name, (says, expected) in FAULTS.items():
        post.sink.says[:] = [says]
        await post.endpoint()
        delivery = await post.test()
        await post.send()
        tried = await post.delivery(delivery.id)
        (attempt,) = await post.attempts(delivery.id)
        waits = tried.due_at - (attempt.started_at + timedelta(milliseconds=attempt.duration_ms))

        found = (tried.state, tried.last_status, tried.last_error, round(waits.total_seconds()))
        assert found == expected, name
        assert len(attempt.reply.body) <= 1_000
    assert {each.path for each in post.sink.received} == {"/"}


async def test_after_the_last_attempt_it_is_dead_and_shows_what_was_tried(post: Post) -> None:
    post.sink.says[:] = [answer("500 Oops", body=b"sorry\0")]
    delivery = await post.test()

    for delay_s in (0, *DELAYS):
        post.clock.advance(timedelta(seconds=delay_s))
        await post.send()
    post.clock.advance(timedelta(days=30))
    more = await post.send()

    tried = await post.delivery(delivery.id)
    assert (tried.state, tried.attempts, more) == (DeliveryState.DEAD, 3, Round(0, 0))
    assert post.sink.ids == [tried.webhook_id] * 3
    assert [each.reply.body for each in await post.attempts(delivery.id)] == ["sorry\ufffd"] * 3


async def test_whoever_says_gone_hears_nothing_more(post: Post) -> None:
    post.sink.says[:] = [answer("410 Gone")]
    await post.test()
    await post.send(1)
    endpoint = await post.seen()

    assert endpoint.disabled_reason is DisabledBecause.GONE
    assert await post.send() == Round(0, 0)


async def test_what_an_address_says_that_was_changed_meanwhile_counts_for_nothing(
    post: Post,
) -> None:
    post.sink.by_path["/former"] = answer("410 Gone")
    endpoint_id, delivery = await post.endpoint("/former"), await post.test()

    async def change(_point: str) -> None:
        command = ChangeWebhook(endpoint_id=endpoint_id, changes={"url": post.sink.url + "/new"})
        await change_webhook(command, post.uow(), urls=URLS, now=post.clock.now())

    post.reached = change
    assert await post.send() == Round(1, 0)

    post.reached = nothing
    assert (await post.seen()).active
    assert await post.send() == Round(1, 1)
    assert (await post.delivery(delivery.id)).state is DeliveryState.DELIVERED


async def test_whoever_fails_for_days_is_disabled(post: Post) -> None:
    post.sink.says[:] = [answer("500 Oops")]
    for _ in range(2):
        await post.test()
        await post.send()
        post.clock.advance(timedelta(days=5))

    assert (await post.seen()).disabled_reason is DisabledBecause.FAILING


async def test_one_order_waits_for_its_own_events_and_others_do_not(post: Post) -> None:
    post.sink.says[:] = [answer("500 Oops"), OK]
    await told(post, (1, 7), (2, 7), (3, 8))

    await post.send()  # the first of 7 and of 8; one of them fails
    await post.send()
    post.clock.advance(timedelta(seconds=5))
    await post.send()
    await post.send()

    of_seven = [each for each in post.sink.ids if each != "evt_3"]
    assert post.sink.ids.count("evt_3") + post.sink.ids.count("evt_1") == 3
    assert of_seven.index("evt_1") < of_seven.index("evt_2")
    assert of_seven[-1] == "evt_2"


async def test_senders_side_by_side_send_nothing_twice_and_each_order_in_its_order(
    post: Post,
) -> None:
    await told(post, *((number, number % 5) for number in range(1, 21)))

    while len(post.sink.received) < 20:
        await asyncio.gather(*(post.send(3) for _ in range(3)))

    positions = [int(each.removeprefix("evt_")) for each in post.sink.ids]
    assert sorted(positions) == list(range(1, 21))
    for order in range(5):
        of_order = [each for each in positions if each % 5 == order]
        assert of_order == sorted(of_order)


async def test_what_could_not_even_be_sent_is_no_attempt_and_no_failure_of_the_receiver(
    post: Post,
) -> None:
    delivery = await post.test()

    await post.sending(Unsendable("busy")).send_due(post.endpoint_id, 8)
    waiting = await post.delivery(delivery.id)

    assert (waiting.state, waiting.attempts, waiting.last_error) == ("pending", 0, "busy")
    assert waiting.due_at > post.clock.now()
    assert await post.attempts(delivery.id) == []
    assert (await post.seen()).failing_since is None


async def test_an_error_that_nobody_foresaw_is_an_attempt_and_spoils_no_other(post: Post) -> None:
    await told(post, (1, 7), (2, 8))

    done = await post.sending(Unsendable(ZeroDivisionError(), only="evt_1")).send_due(
        post.endpoint_id, 8
    )

    assert done == Round(2, 1)
    listed = await post.deliveries()
    assert [(each.webhook_id, each.state, each.last_error) for each in listed] == [
        ("evt_2", "delivered", None),
        ("evt_1", "pending", "internal_error"),
    ]


async def test_an_event_becomes_one_delivery_however_often_it_is_handed_over(post: Post) -> None:
    await told(post, (1, 7))
    await told(post, (1, 7))
    await post.send()

    assert post.sink.ids == ["evt_1"]


async def test_what_was_sent_by_one_who_died_before_noting_it_is_sent_again_with_its_id(
    post: Post,
) -> None:
    async def die(_point: str) -> None:
        raise PlannedCrash

    delivery = await post.test()
    post.reached = die
    with pytest.raises(PlannedCrash):
        await post.send()
    post.reached = nothing
    assert await post.send() == Round(0, 0)  # the lease is still his

    post.clock.advance(LEASE)
    await post.send()

    noted = await post.delivery(delivery.id)
    assert (noted.state, noted.attempts) == (DeliveryState.DELIVERED, 2)
    assert post.sink.ids == [noted.webhook_id] * 2


async def test_what_takes_its_sender_down_each_time_is_dead_in_the_end(post: Post) -> None:
    delivery = await post.test()

    async def crash(_point: str) -> None:
        raise PlannedCrash

    post.reached = crash
    for _ in (0, *DELAYS):
        with pytest.raises(PlannedCrash):
            await post.send()
        post.clock.advance(2 * LEASE)
    post.reached = nothing
    await post.send()

    tried = await post.delivery(delivery.id)
    assert (tried.state, tried.attempts, tried.last_error) == (DeliveryState.DEAD, 3, "crashed")
    assert len(post.sink.received) == 3
    assert (await post.seen()).failing_since is None


async def test_a_receiver_finds_out_what_was_tampered_with(post: Post) -> None:
    await post.test()
    await post.send()
    (got,) = post.sink.received
    webhook = Webhook(post.secret)

    webhook.verify(got.body, got.headers)
    for body, headers in (
        (got.body + b" ", got.headers),
        (got.body, {**got.headers, "webhook-id": "evt_0"}),
        (got.body, {**got.headers, "webhook-timestamp": "1"}),
    ):
        with pytest.raises(Exception, match=r"signature|timestamp"):
            webhook.verify(body, headers)


async def told(post: Post, *events: tuple[int, int]) -> None:
    """Hand over events at these positions, of these orders."""
    async with post.uow() as uow:
        handed = [_event(post, *each) for each in events]
        await WebhookFanOut(post.reader, post.clock).consume(handed, uow)
        await uow.commit()


def _event(post: Post, position: int, order_id: int) -> FeedEvent:
    return FeedEvent(
        position=position,
        aggregate="order",
        aggregate_id=order_id,
        sequence=position,
        name="order.changed",
        payload={},
        actor="system",
        correlation_id=None,
        occurred_at=post.clock.now(),
    )


async def test_an_endpoint_is_deleted_however_much_waits_for_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete_webhook_module, "GIVEN_UP_AT_ONCE", 1)
    waiting = [(await post.test()).id for _ in range(2)]
    command = DeleteWebhook(endpoint_id=post.endpoint_id)
    await delete_webhook(command, post.uow(), now=post.clock.now())

    states = [(await post.delivery(each)).state for each in waiting]
    assert sorted(states) == [DeliveryState.DEAD, DeliveryState.PENDING]
    assert await post.send() == Round(0, 0)


async def test_what_was_made_while_its_endpoint_was_being_deleted_is_not_kept(post: Post) -> None:
    command = DeleteWebhook(endpoint_id=post.endpoint_id)
    await delete_webhook(command, post.uow(), now=post.clock.now())
    async with post.uow() as uow:
        late = [(post.endpoint_id, _event(post, 1, 7))]
        await uow.webhook_deliveries.add(late, post.clock.now())
        await uow.commit()

    async with post.uow() as uow:
        gone = await uow.webhook_deliveries.forget(post.clock.now(), limit=10)
        await uow.commit()

    assert gone == 1
    assert await post.deliveries() == []


async def test_what_arrived_is_kept_for_a_while_and_what_waits_for_as_long_as_it_does(
    post: Post,
) -> None:
    arrived = await post.test()
    await post.send()
    waiting = await post.test()
    async with post.uow() as uow:
        gone = await uow.webhook_deliveries.forget(post.clock.now(), limit=10)
        await uow.commit()

    assert gone == 1
    assert await post.attempts(arrived.id) == []
    assert (await post.delivery(waiting.id)).state is DeliveryState.PENDING


async def test_one_that_hangs_among_fifty_holds_up_no_other(post: Post) -> None:
    """By counts: all that is for the others arrives during the first attempt at the one that hangs."""
    healthy, orders = 49, 2
    post.sink.by_path["/hangs"] = HANGS
    hanging = await post.endpoint("/hangs")
    await post.endpoints(healthy - 1)  # beside the one that is there
    await told(post, *((number, number) for number in range(1, orders + 1)))
    transport = pinned_transport(PinnedNetwork(URLS, ThreadedResolver()), connections_max=100)
    patient = web_client(transport, post.clock, timeout_s=600)
    reader = SqlWebhookReader(post.database)
    sender = WebhookSender(
        lambda: reader.due_endpoints(post.clock.now()),
        post.sending(patient).send_due,
        patient.close,
        StructuredFailureLog(),
        WakeUp(),
        poll_s=0.01,
        at_once_each=8,
        stop_grace_s=0,
    )

    sender.start()
    await post.sink.until(lambda: len(post.sink.received) == healthy * orders + 1, deadline_s=60)
    of_hanging = await reader.deliveries(hanging, below=None, limit=10, state=None, event_type=None)
    tried = [await post.attempts(each.id) for each in of_hanging]
    await sender.stop()

    assert [got.path for got in post.sink.received].count("/hangs") == 1
    assert sorted(each.attempts for each in of_hanging) == [0, 1]
    assert tried == [[], []]


async def test_the_javascript_library_verifies_what_is_sent(post: Post) -> None:
    modules = os.environ.get("ORDERWRIGHT_NODE_MODULES")
    if modules is None:
        pytest.skip(
            "NOT TESTED WITH THE JAVASCRIPT LIBRARY: needs, in ORDERWRIGHT_NODE_MODULES, a directory with "
            "the package standardwebhooks (see CONTRIBUTING)"
        )

    assert await _in_javascript(post, _OFFICIAL, {"NODE_PATH": modules}) == "webhook.test refused"


async def test_javascript_that_follows_the_specification_verifies_what_is_sent(post: Post) -> None:
    assert await _in_javascript(post, _BY_THE_BOOK, {}) == "webhook.test refused"


async def _in_javascript(post: Post, verifying: str, environment: dict[str, str]) -> str:
    """What it says of a webhook and of one that was tampered with."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("NOT TESTED WITH JAVASCRIPT: needs node")
    await post.test()
    await post.send()
    (got,) = post.sink.received
    told = {"secret": post.secret, "headers": got.headers, "body": got.body.decode()}
    ran = await asyncio.to_thread(
        subprocess.run,
        [node, "-e", verifying + _ASKED],
        input=json.dumps(told),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


_OFFICIAL: Final = """
const { Webhook } = require("standardwebhooks");
const verify = (secret, body, headers) => new Webhook(secret).verify(body, headers);
"""
_BY_THE_BOOK: Final = """
const { createHmac, timingSafeEqual } = require("crypto");
const verify = (secret, body, headers) => {
  const [id, at] = [headers["webhook-id"], headers["webhook-timestamp"]];
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) throw new Error("too old or too new");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const good = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest();
  const given = headers["webhook-signature"].split(" ").map((each) => each.split(","));
  const isGood = ([version, text]) => {
    const signature = Buffer.from(text, "base64");
    return version === "v1" && signature.length === good.length && timingSafeEqual(signature, good);
  };
  if (!given.some(isGood)) throw new Error("no signature is right");
  return JSON.parse(body);
};
"""
_ASKED: Final = """
const told = JSON.parse(require("fs").readFileSync(0));
let said = verify(told.secret, told.body, told.headers).type;
try { verify(told.secret, told.body + " ", told.headers); said += " taken"; } catch { said += " refused"; }
process.stdout.write(said);
"""
