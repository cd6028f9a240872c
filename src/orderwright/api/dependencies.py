"""What routes ask for by annotation. Objects of the application's lifetime come from the container
that hangs on the app; nothing here knows who built them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from orderwright.api.one_step import FromRequest
from orderwright.api.problems import correlation_id_of
from orderwright.api.raw_headers import header
from orderwright.application.placement.order_processor import OrderProcessor
from orderwright.application.queries import low_stock
from orderwright.application.queries.authenticate import Authenticator, Identity
from orderwright.application.services import attachment_files
from orderwright.application.services.event_hub import EventHub
from orderwright.application.services.settlement import Settlement
from orderwright.application.services.sign_in_guard import SignInGuard
from orderwright.application.services.token_pair import TokenIssuer
from orderwright.domain.errors import Unauthenticated, Unavailable
from orderwright.domain.interfaces import (
    clock,
    dependencies,
    event_delivery,
    event_feed,
    ids,
    open_operations,
    order_reader,
    rate_limits,
    readers,
    sales,
    security,
    webhooks,
)
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.rate import Rate


class NotSignedIn(Unauthenticated):
    code = "not_signed_in"


def of_container(request: Request, name: str) -> Any:
    """What the container's provider of that name gives."""
    return getattr(request.app.state.container, name)()


def provided(name: str) -> Any:
    """Depends on what the container's provider of that name gives."""

    async def from_container(request: Request) -> Any:
        return of_container(request, name)

    return Depends(FromRequest(from_container))


def units_of(request: Request) -> UnitOfWorkFactory:
    factory: UnitOfWorkFactory = request.app.state.container.unit_of_work
    return factory


Clock = Annotated[clock.Clock, provided("clock")]
Ids = Annotated[ids.Ids, provided("ids")]
Processor = Annotated[OrderProcessor, provided("order_processor")]
Settling = Annotated[Settlement, provided("settlement")]
OpenOperations = Annotated[open_operations.OpenOperationReader, provided("open_operation_reader")]
OrderReader = Annotated[order_reader.OrderReader, provided("order_reader")]
FullOrderReader = Annotated[order_reader.FullOrderReader, provided("full_order_reader")]
OrderDetails = Annotated[readers.OrderDetailsReader, provided("order_details_reader")]
Catalogue = Annotated[readers.CatalogueReader, provided("catalogue_reader")]
LowStock = Annotated[low_stock.LowStock, provided("low_stock")]
AttachmentFiles = Annotated[attachment_files.AttachmentFiles, provided("attachment_files")]
Sales = Annotated[sales.SalesReader, provided("sales_reader")]
Access = Annotated[readers.AccessReader, provided("access_reader")]
Secrets = Annotated[security.SecretHasher, provided("secret_hasher")]
SecretSealing = Annotated[security.SecretSealer, provided("webhook_sealer")]
UrlGuarding = Annotated[security.UrlGuard, provided("url_guard")]
Webhooks = Annotated[webhooks.WebhookReader, provided("webhook_reader")]
Hasher = Annotated[security.PasswordHasher, provided("password_hasher")]
Issuer = Annotated[TokenIssuer, provided("token_issuer")]
Guard = Annotated[SignInGuard, provided("sign_in_guard")]
Circuits = Annotated[dependencies.Circuits, provided("breakers")]
Watched = Annotated[Sequence[dependencies.Dependency], provided("watched_dependencies")]
Deliveries = Annotated[event_delivery.DeliveryReader, provided("delivery_reader")]
Feed = Annotated[event_feed.EventFeedReader, provided("event_feed_reader")]
Hub = Annotated[EventHub, provided("event_hub")]
Limiter = Annotated[rate_limits.RateLimiter, provided("rate_limiter")]
Rates = Annotated[Mapping[str, Rate], provided("rates")]


def now_of(request: Request) -> datetime:
    """One moment for the whole request."""
    state: dict[str, Any] = request.scope["state"]
    if "now" not in state:
        state["now"] = of_container(request, "clock").now()
    now: datetime = state["now"]
    return now


async def _now(request: Request) -> datetime:
    return now_of(request)


Now = Annotated[datetime, Depends(FromRequest(_now))]

# Tells the documentation how to say who one is.
_bearer = OAuth2PasswordBearer(tokenUrl="/token", auto_error=False, scheme_name="bearer")
Bearer = Annotated[str | None, Depends(_bearer)]


def bearer_of(request: Request) -> str:
    scheme, _, token = (header(request.scope, b"authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def attempted_by(request: Request) -> Identity | Unauthenticated:
    """Who is calling, or why that is unknown: no error yet, for failures are counted too. Found out
    once a request, by the first gate that asks."""
    state: dict[str, Any] = request.scope["state"]
    if "attempted" not in state:
        state["attempted"] = attempted = await _attempt(request)
        if isinstance(attempted, Identity):
            state["actor"] = attempted.actor.name
    known: Identity | Unauthenticated = state["attempted"]
    return known


async def _attempt(request: Request) -> Identity | Unauthenticated:
    bearer = bearer_of(request)
    if not bearer:
        return NotSignedIn("this needs an access token or an API key: Authorization: Bearer ...")
    authenticator: Authenticator = of_container(request, "authenticator")
    try:
        return await authenticator.identify(bearer, now_of(request))
    except Unauthenticated as failure:
        return failure


async def _identity(request: Request) -> Identity:
    """Raises: NotSignedIn, InvalidToken."""
    attempted = await attempted_by(request)
    if isinstance(attempted, Unauthenticated):
        raise attempted
    return attempted


Caller = Annotated[Identity, Depends(FromRequest(_identity))]


def still_is(request: Request, caller: Identity) -> Callable[[], Awaitable[bool]]:
    """Asks again whether the caller is who it was and may what it might, for answers that last."""
    bearer, clock_ = bearer_of(request), of_container(request, "clock")
    authenticator: Authenticator = of_container(request, "authenticator")

    async def ask() -> bool:
        try:
            return await authenticator.identify(bearer, clock_.now()) == caller
        except Unauthenticated:
            return False
        except Unavailable:  # nobody can tell; it is asked again in a moment
            return True

    return ask


async def actor_of(request: Request) -> Actor:
    """Raises: NotSignedIn, InvalidToken."""
    return (await _identity(request)).actor


async def context_of(request: Request) -> RequestContext:
    """Raises: NotSignedIn, InvalidToken."""
    return RequestContext(
        actor=await actor_of(request), correlation_id=correlation_id_of(request.scope)
    )


async def _uow(request: Request) -> UnitOfWork:
    return units_of(request)(await context_of(request))


Uow = Annotated[UnitOfWork, Depends(FromRequest(_uow))]


async def _anonymous_uow(request: Request) -> UnitOfWork:
    """For those who are only about to say who they are."""
    context = RequestContext(correlation_id=correlation_id_of(request.scope))
    return units_of(request)(context)


AnonymousUow = Annotated[UnitOfWork, Depends(FromRequest(_anonymous_uow))]
