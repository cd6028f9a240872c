from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from jwt.types import Options

from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.security import AccessClaims, InvalidToken

ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"  # RFC 9068: an access token and nothing else
ISSUER: Final = "orderwright"
AUDIENCE: Final = "orderwright-api"
# What clocks of servers that share a key may differ by.
LEEWAY_S: Final = 30
# Ours have some 500; parsing stops before it starts to cost.
TOKEN_CHARS_MAX: Final = 4096
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,18}")
_TOKEN_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_OPTIONS: Final[Options] = {
    "strict_aud": True,
    "require": ["exp", "nbf", "iat", "iss", "aud", "sub", "jti"],
    # Times are checked below, by our own clock.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


def key_id(secret: str) -> str:
    """A public name for a signing key that says nothing about it."""
    return hashlib.sha256(b"orderwright kid\0" + secret.encode()).hexdigest()[:16]


class JwtAccessTokens:
    """Access tokens (RFC 9068, RFC 8725): one algorithm, keys from our own set, every claim needed.

    The first of `secrets` signs; the others are former ones whose tokens are still good.
    """

    def __init__(self, secrets: list[str], lifetime: timedelta, ids: Ids) -> None:
        self._signing_key_id = key_id(secrets[0])
        self._keys = {key_id(secret): secret.encode() for secret in secrets}
        self._lifetime = lifetime
        self._ids = ids
        self._jwt = jwt.PyJWT(options={"enforce_minimum_key_length": True})

    @property
    def lifetime_s(self) -> int:
        return int(self._lifetime.total_seconds())

    def issue(self, user: User, now: datetime) -> str:
        issued_at = int(now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user.id),
            "jti": self._ids.new_id(),
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + self.lifetime_s,
            "token_generation": user.token_generation,
        }
        return self._jwt.encode(
            claims,
            self._keys[self._signing_key_id],
            algorithm=ALGORITHM,
            headers={"kid": self._signing_key_id, "typ": TYPE},
        )

    def read(self, token: str, now: datetime) -> AccessClaims:
        try:
            claims = self._verified(token)
            self._must_be_current(claims, now.timestamp())
            return _access_claims(claims)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise InvalidToken("the access token is not valid") from error

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > TOKEN_CHARS_MAX or not _COMPACT.fullmatch(token):
            raise ValueError("not a compact token")
        header, payload, _ = token.split(".")
        _members(payload)
        key = self._key_named_in(_members(header))
        claims: dict[str, Any] = self._jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=_OPTIONS,
        )
        return claims

    def _key_named_in(self, header: Mapping[str, Any]) -> bytes:
        """Nothing but these three members: no key, no address of one, no extension."""
        if set(header) != {"alg", "typ", "kid"} or header["typ"] != TYPE:
            raise ValueError("not the header of an access token")
        return self._keys[header["kid"]]

    def _must_be_current(self, claims: Mapping[str, Any], now: float) -> None:
        times = [claims[name] for name in ("iat", "nbf", "exp")]
        if not all(type(each) is int for each in times):
            raise ValueError("a time that is no whole number")
        issued_at, not_before, expires_at = times
        if expires_at - issued_at > self.lifetime_s:
            raise ValueError("lives longer than we let any live")
        if max(issued_at, not_before) > now + LEEWAY_S or expires_at <= now - LEEWAY_S:
            raise ValueError("not now")


def _access_claims(claims: Mapping[str, Any]) -> AccessClaims:
    """Only what `issue` writes: who holds the key may still not make us read something else."""
    return AccessClaims(
        user_id=_whole_number(int(_text(_USER_ID, claims["sub"]))),
        token_generation=_whole_number(claims["token_generation"]),
        token_id=_text(_TOKEN_ID, claims["jti"]),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _text(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError("a claim of another form than ours")
    return value


def _whole_number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("a claim that is no number of ours")
    return value


def _members(segment: str) -> dict[str, Any]:
    """The JSON object of a segment; parsers differ over a doubled member, so there is none."""
    loaded: dict[str, Any] = json.loads(
        jwt.utils.base64url_decode(segment), object_pairs_hook=_all_different
    )
    return loaded


def _all_different(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is given twice")
    return members
