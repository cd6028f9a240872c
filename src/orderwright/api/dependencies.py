"""What routes ask for by annotation. Objects of the application's lifetime come from the container
that hangs on the app; nothing here knows who built them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from orderwright.api.problems import correlation_id_of
from orderwright.application.placement.order_processor import OrderProcessor
from orderwright.application.queries.authenticate import Authenticator, Identity
from orderwright.application.services.settlement import Settlement
from orderwright.application.services.sign_in_guard import SignInGuard
from orderwright.application.services.token_pair import TokenIssuer
from orderwright.domain.errors import Unauthenticated
from orderwright.domain.interfaces import clock, ids, order_reader, rate_limits, readers, security
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.rate import Rate


class NotSignedIn(Unauthenticated):
    code = "not_signed_in"


def provided(name: str) -> Any:
    """Depends on what the container's provider of that name gives."""

    # async, for a plain function would take a trip through a thread
    async def from_container(request: Request) -> Any:
        return getattr(request.app.state.container, name)()

    return Depends(from_container)


async def _units(request: Request) -> UnitOfWorkFactory:
    factory: UnitOfWorkFactory = request.app.state.container.unit_of_work
    return factory


Units = Annotated[UnitOfWorkFactory, Depends(_units)]
Clock = Annotated[clock.Clock, provided("clock")]
Ids = Annotated[ids.Ids, provided("ids")]
Processor = Annotated[OrderProcessor, provided("order_processor")]
Settling = Annotated[Settlement, provided("settlement")]
OrderReader = Annotated[order_reader.OrderReader, provided("order_reader")]
FullOrderReader = Annotated[order_reader.FullOrderReader, provided("full_order_reader")]
OrderDetails = Annotated[readers.OrderDetailsReader, provided("order_details_reader")]
Catalogue = Annotated[readers.CatalogueReader, provided("catalogue_reader")]
Access = Annotated[readers.AccessReader, provided("access_reader")]
Secrets = Annotated[security.SecretHasher, provided("secret_hasher")]
Hasher = Annotated[security.PasswordHasher, provided("password_hasher")]
Issuer = Annotated[TokenIssuer, provided("token_issuer")]
Guard = Annotated[SignInGuard, provided("sign_in_guard")]
Limiter = Annotated[rate_limits.RateLimiter, provided("rate_limiter")]
Rates = Annotated[Mapping[str, Rate], provided("rates")]


async def _now(clock: Clock) -> datetime:
    """One moment for the whole request."""
    return clock.now()


Now = Annotated[datetime, Depends(_now)]

_bearer = OAuth2PasswordBearer(tokenUrl="/token", auto_error=False, scheme_name="bearer")


async def _attempted(
    request: Request,
    bearer: Annotated[str | None, Depends(_bearer)],
    authenticator: Annotated[Authenticator, provided("authenticator")],
    now: Now,
) -> Identity | Unauthenticated:
    """Who is calling, or why that is unknown: no error yet, for failures are counted too. Found out
    once a request, though the gates ask before everybody else does."""
    state: dict[str, Any] = request.scope["state"]
    if "attempted" not in state:
        state["attempted"] = await _attempt(bearer, authenticator, now)
    attempted: Identity | Unauthenticated = state["attempted"]
    if isinstance(attempted, Identity):
        state["actor"] = attempted.actor.name
    return attempted


async def _attempt(
    bearer: str | None, authenticator: Authenticator, now: datetime
) -> Identity | Unauthenticated:
    if not bearer:
        return NotSignedIn("this needs an access token or an API key: Authorization: Bearer ...")
    try:
        return await authenticator.identify(bearer, now)
    except Unauthenticated as failure:
        return failure


Attempted = Annotated[Identity | Unauthenticated, Depends(_attempted)]


async def _identity(attempted: Attempted) -> Identity:
    """Raises: NotSignedIn, InvalidToken."""
    if isinstance(attempted, Unauthenticated):
        raise attempted
    return attempted


Caller = Annotated[Identity, Depends(_identity)]


async def _actor(caller: Caller) -> Actor:
    return caller.actor


Acting = Annotated[Actor, Depends(_actor)]


async def _context(request: Request, actor: Acting) -> RequestContext:
    return RequestContext(actor=actor, correlation_id=correlation_id_of(request.scope))


Context = Annotated[RequestContext, Depends(_context)]


async def _uow(units: Units, context: Context) -> UnitOfWork:
    return units(context)


Uow = Annotated[UnitOfWork, Depends(_uow)]


async def _anonymous_uow(request: Request, units: Units) -> UnitOfWork:
    """For those who are only about to say who they are."""
    return units(RequestContext(correlation_id=correlation_id_of(request.scope)))


AnonymousUow = Annotated[UnitOfWork, Depends(_anonymous_uow)]
