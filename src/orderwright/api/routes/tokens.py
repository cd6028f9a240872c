from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from orderwright.api.client_address import client_network
from orderwright.api.dependencies import (
    Access,
    AnonymousUow,
    Guard,
    Hasher,
    Issuer,
    Now,
    Secrets,
)
from orderwright.api.rate_limits import SIGN_INS, limited_by_address
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.access import RefreshTokenBody, SignInForm, TokenJson
from orderwright.application.commands.refresh_tokens import RefreshTokens, refresh_tokens
from orderwright.application.commands.revoke_token import RevokeToken, revoke_token
from orderwright.application.commands.sign_in import SignIn, sign_in

router = APIRouter(
    prefix="/token",
    tags=["access"],
    route_class=StrictRoute,
    dependencies=[limited_by_address(SIGN_INS)],
)


@router.post("")
async def get_token(
    request: Request,
    form: Annotated[SignInForm, Form()],
    *,
    uow: AnonymousUow,
    access: Access,
    hasher: Hasher,
    guard: Guard,
    issuer: Issuer,
    now: Now,
) -> TokenJson:
    """Sign in (OAuth 2 password form). The permissions are the user's, whatever `scope` says.

    An `Idempotency-Key` is not looked at: to answer alike once more, the tokens would have to be
    stored. Signing in again gives other tokens and takes nothing from the first."""
    command = SignIn(
        username=form.username, password=form.password, network=client_network(request)
    )
    pair = await sign_in(
        command, uow, access=access, hasher=hasher, guard=guard, issuer=issuer, now=now
    )
    return TokenJson.of(pair)


@router.post("/refresh")
async def refresh(
    body: RefreshTokenBody, uow: AnonymousUow, secrets: Secrets, issuer: Issuer, now: Now
) -> TokenJson:
    """Trade a refresh token for a new pair. It works once; a second time ends the session.

    An `Idempotency-Key` is not looked at: to answer alike once more, the tokens would have to be
    stored. After an answer that was lost, sign in again."""
    command = RefreshTokens(refresh_token=body.refresh_token)
    pair = await refresh_tokens(command, uow, secrets=secrets, issuer=issuer, now=now)
    return TokenJson.of(pair)


@router.post("/revoke", status_code=204)
async def revoke(body: RefreshTokenBody, uow: AnonymousUow, secrets: Secrets, now: Now) -> Response:
    """Sign out: ends the session of this refresh token and voids the user's access tokens.

    An `Idempotency-Key` is not looked at, and none is needed: signing out again changes nothing."""
    command = RevokeToken(refresh_token=body.refresh_token)
    await revoke_token(command, uow, secrets=secrets, now=now)
    return Response(status_code=204)
