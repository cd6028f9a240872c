"""How often a caller may use a route: said by the route, and by headers of every answer of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor
from typing import Any, Final

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from orderwright.api.client_address import client_network
from orderwright.api.dependencies import attempted_by, of_container
from orderwright.api.gates import Gate, is_first_time
from orderwright.api.problems import Problem, Refused
from orderwright.api.response_headers import add_response_header
from orderwright.application.queries.authenticate import Identity
from orderwright.domain.interfaces.rate_limits import Allowance, RateLimiter
from orderwright.domain.value_objects.rate import Rate

LISTS: Final = "default"
SIGN_INS: Final = "token"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LimitedByCaller(Gate):
    """A gate that counts for who is known, and by address for everybody else."""

    policy: str

    async def __call__(self, request: Request) -> None:
        """Raises: Refused: 429."""
        rate = _rate(request, self)
        if rate is not None:
            attempted = await attempted_by(request)
            who = attempted.actor.name if isinstance(attempted, Identity) else _address(request)
            await _take(request, self.policy, rate, who)


@dataclass(frozen=True, slots=True)
class LimitedByAddress(Gate):
    """A gate for routes on which callers only say who they are."""

    policy: str

    async def __call__(self, request: Request) -> None:
        """Raises: Refused: 429."""
        rate = _rate(request, self)
        if rate is not None:
            await _take(request, self.policy, rate, _address(request))


def limited_by_caller(policy: str) -> Any:
    return Depends(LimitedByCaller(policy))


def limited_by_address(policy: str) -> Any:
    return Depends(LimitedByAddress(policy))


def limited_routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route that is counted."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute) and context.dependant is not None:
            gates = [each.call for each in context.dependant.dependencies]
            if any(isinstance(each, LimitedByCaller | LimitedByAddress) for each in gates):
                for method in context.methods or ():
                    yield method, str(context.path)


def _rate(request: Request, gate: LimitedByCaller | LimitedByAddress) -> Rate | None:
    """None where nothing is counted: the policy is not in use, or it was counted already."""
    rate: Rate | None = of_container(request, "rates").get(gate.policy)
    return rate if rate is not None and is_first_time(request, gate) else None


async def _take(request: Request, policy: str, rate: Rate, who: str) -> None:
    """Raises: Refused: 429."""
    limiter: RateLimiter = of_container(request, "rate_limiter")
    _tell(request, policy, rate, who, await limiter.take(f"{policy}/{who}", rate))


def _address(request: Request) -> str:
    return f"address:{client_network(request)}"


def _tell(request: Request, policy: str, rate: Rate, who: str, allowance: Allowance) -> None:
    """As draft-ietf-httpapi-ratelimit-headers-11 has it."""
    wait_s = floor(allowance.renewed_in_s) + 1
    add_response_header(
        request.scope, "ratelimit-policy", f'"{policy}";q={rate.amount};w={rate.seconds}'
    )
    add_response_header(
        request.scope, "ratelimit", f'"{policy}";r={allowance.remaining};t={wait_s}'
    )
    if not allowance.is_granted:
        log.info("request.rate_limited", policy=policy, route=_route(request), who=who)
        raise Refused(_too_many(wait_s))


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", "unmatched"))


def _too_many(wait_s: int) -> Problem:
    return Problem(
        status=429,
        code="rate_limited",
        detail=f"too many requests: try again in {wait_s} s",
        facts={"retryable": True},
        headers={"retry-after": str(wait_s)},
    )
