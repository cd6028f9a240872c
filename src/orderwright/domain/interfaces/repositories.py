"""Where aggregates live. `get_by_id` locks the row until the unit of work ends and loads it whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.reservation import Reservation
from orderwright.domain.entities.return_ import Return
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.sign_in_tally import SignInTally
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.entities.task import Task
from orderwright.domain.entities.user import User
from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.interfaces.gateway_webhooks import GatewayEvent

Entity = TypeVar("Entity")
Id_contra = TypeVar("Id_contra", contravariant=True)


class Repository(Protocol[Entity, Id_contra]):
    async def add(self, entity: Entity) -> None:
        """Keep a new one; an id that the database gives is there when this returns."""
        ...

    async def add_all(self, entities: Sequence[Entity]) -> None:
        """Keep several at once, for about the price of one."""
        ...

    async def get_by_id(self, entity_id: Id_contra) -> Entity:
        """Raises: the NotFound of this kind of entity."""
        ...


class Customers(Repository[Customer, int], Protocol):
    async def look_at(self, customer_id: int) -> Customer:
        """For showing only: not locked.

        Raises: CustomerNotFound.
        """
        ...

    async def find_by_external_ref(self, external_ref: str) -> Customer | None: ...


class Products(Repository[Product, int], Protocol):
    async def find_by_skus(self, skus: Collection[str]) -> dict[str, Product]: ...


class Locations(Repository[Location, int], Protocol): ...


class Stock(Protocol):
    async def levels_of(self, product_ids: Collection[int]) -> Sequence[StockLevel]:
        """Every level of the products, locked in (product, location) order: one discipline, so
        that two orders that want the same goods wait for each other and never deadlock."""
        ...

    async def level(self, product_id: int, location_id: int) -> StockLevel:
        """The one level, locked, made if there is none yet.

        Raises:
            ProductNotFound, LocationNotFound, StockNotTracked.
        """
        ...

    async def levels_at(
        self, location_id: int, product_ids: Collection[int]
    ) -> dict[int, StockLevel]:
        """The level of each product that has one at the location, locked in the order of products."""
        ...

    async def make_levels(self, location_id: int, product_ids: Collection[int]) -> None:
        """A level, with nothing there, for each tracked product that has none at the location."""
        ...

    async def reservations_of(self, order_id: int) -> Sequence[Reservation]:
        """Open and closed ones, in (line, location) order. The order's lock covers them."""
        ...


class Orders(Repository[Order, int], Protocol):
    async def of_ids(self, order_ids: Collection[int]) -> dict[int, Order]:
        """Those that exist, whole, locked in the order of their ids."""
        ...

    async def find_by_reference(self, channel: str, reference: str) -> Order | None: ...

    async def pending_since(self, placed_before: datetime, *, limit: int) -> Sequence[int]:
        """The numbers of pending orders placed before then that nobody is cancelling, oldest first;
        not locked."""
        ...


class Payments(Repository[Payment, str], Protocol):
    async def of_order(self, order_id: int) -> Sequence[Payment]:
        """Oldest first. The order's lock covers them."""
        ...

    async def of_orders(self, order_ids: Collection[int]) -> Sequence[Payment]: ...

    async def find_by_operation(self, operation_id: str) -> Payment | None:
        """For looking at: not locked, so what is open in it may have been finished by now."""
        ...

    async def claim_due(self, *, now: datetime, until: datetime, limit: int) -> Sequence[int]:
        """The orders of operations whose time has come, up to `limit` of these, and put their time
        off to `until`. No two get the same ones."""
        ...


class Refunds(Repository[Refund, str], Protocol):
    async def of_order(self, order_id: int) -> Sequence[Refund]: ...


class Shipments(Repository[Shipment, str], Protocol):
    async def of_order(self, order_id: int) -> Sequence[Shipment]: ...


class Returns(Repository[Return, str], Protocol):
    async def of_order(self, order_id: int) -> Sequence[Return]: ...


class Tasks(Repository[Task, str], Protocol):
    async def enqueue(self, task: Task) -> Task:
        """Keep it, unless an unfinished one has its `dedupe_key`: then that one is the answer."""
        ...

    async def enqueue_all(self, tasks: Sequence[Task]) -> None:
        """The same for many in one go; those that are there already are left out."""
        ...

    async def requeue(self, task: Task) -> None:
        """Write down a task that begins again, and tell those who run tasks.

        Raises:
            TaskAlreadyQueued: an unfinished one has its `dedupe_key`.
        """
        ...

    async def claim_due(
        self,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        except_for: Collection[str] = (),
    ) -> list[Task]:
        """Take due tasks, but for those named so, and those whose runner's lease ran out; counts the attempt before it runs.
        No two runners get the same one."""
        ...

    async def claim(self, task_id: str, *, now: datetime, lease_until: datetime) -> Task | None:
        """The same for one; None when it is not due, or somebody else has it."""
        ...

    async def finish(self, task: Task, fence: int) -> bool:
        """Write state, result and due time; False when the lease was lost to another runner."""
        ...

    async def extend_lease(self, task_id: str, fence: int, lease_until: datetime) -> bool:
        """Keep a claimed task for longer; False when the lease was lost to another runner."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Delete up to `limit` of those that succeeded before then; how many there were. Of what ended
        otherwise a person may still want to know."""
        ...


class Users(Repository[User, int], Protocol):
    async def administrators(self) -> Sequence[User]:
        """The active ones who may administer, locked in the order of their ids."""
        ...


class SignInTallies(Protocol):
    async def exists(self, subject: str, now: datetime) -> bool:
        """Whether there is one that counts still."""
        ...

    async def of_subjects(self, subjects: Collection[str], now: datetime) -> dict[str, SignInTally]:
        """The tally of each, locked in their order, made where there is none yet."""
        ...

    async def forget_expired(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` that count nothing any more; how many there were."""
        ...


class ApiKeys(Repository[ApiKey, int], Protocol): ...


class WebhookEndpoints(Repository[WebhookEndpoint, int], Protocol):
    async def active(self) -> Sequence[WebhookEndpoint]:
        """For looking at: not locked."""
        ...


class RefreshTokens(Repository[RefreshToken, str], Protocol):
    async def find_by_hash(self, token_hash: str) -> RefreshToken | None:
        """Locked: of two that present the same token, the second sees what the first did."""
        ...

    async def forget_expired(self, now: datetime, *, limit: int) -> int:
        """Delete up to `limit` that nobody could use any more; how many there were."""
        ...

    async def revoke_family(self, family_id: str, now: datetime) -> None: ...

    async def revoke_all_of(self, user_id: int, now: datetime) -> None: ...


class GatewayEvents(Protocol):
    async def note(
        self, provider: str, event: GatewayEvent, order_id: int | None, *, now: datetime
    ) -> bool:
        """Keep that the gateway told of it; False if it was kept before. Of two who note the same
        event, the second waits for the first to commit or to give up."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Delete up to `limit` of those received before then; how many there were."""
        ...


class IdempotencyKeys(Protocol):
    """Claimed and answered by the unit of work itself."""

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Delete up to `limit` of those claimed before then and not being served; how many."""
        ...
