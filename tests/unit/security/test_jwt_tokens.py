import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.security import InvalidToken
from orderwright.infrastructure.security.jwt_tokens import JwtAccessTokens, key_id

SECRET = "s" * 32
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp())


class OneId:
    def new_id(self) -> str:
        return "token-1"

    def secret(self) -> str:
        return "unused"


def tokens(*secrets: str) -> JwtAccessTokens:
    return JwtAccessTokens(list(secrets) or [SECRET], timedelta(minutes=15), OneId())


def a_user() -> User:
    return User(
        id=7,
        username="ada",
        password_hash="",
        permissions=frozenset(),
        created_at=NOW,
        token_generation=3,
    )


def good_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": "orderwright",
        "aud": "orderwright-api",
        "sub": "7",
        "jti": "token-1",
        "iat": STAMP,
        "nbf": STAMP,
        "exp": STAMP + 900,
        "token_generation": 3,
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def good_header(**changes: Any) -> dict[str, Any]:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": key_id(SECRET)}
    return {name: value for name, value in (header | changes).items() if value is not ...}


def signed(claims: Any, header: Any, secret: str = SECRET) -> str:
    """By hand, for a library would not make most of these."""
    parts = ".".join(encoded(part) for part in (header, claims))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        parts.encode(), secret.encode()
    )
    return f"{parts}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def encoded(part: Any) -> str:
    text = part if isinstance(part, str) else json.dumps(part)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def test_what_was_issued_is_read() -> None:
    claims = tokens().read(tokens().issue(a_user(), NOW), NOW)

    assert (claims.user_id, claims.token_generation, claims.token_id) == (7, 3, "token-1")
    assert claims.expires_at == NOW + timedelta(minutes=15)


def test_the_handmade_token_of_these_tests_is_a_good_one() -> None:
    assert tokens().read(signed(good_claims(), good_header()), NOW).user_id == 7


@pytest.mark.parametrize(
    "header",
    [
        good_header(alg="none"),
        good_header(alg="nOnE"),
        good_header(alg="HS512"),
        good_header(alg="RS256"),
        good_header(alg=...),
        good_header(typ="JWT"),
        good_header(typ="rt+jwt"),
        good_header(typ=...),
        good_header(kid=...),
        good_header(kid="../../dev/null"),
        good_header(kid="x" * 3000),
        good_header(kid=["a"]),
        good_header(jku="https://evil.example/keys"),
        good_header(jwk={"kty": "oct", "k": "czNjcmV0"}),
        good_header(x5u="https://evil.example/cert"),
        good_header(crit=["exp"]),
        good_header(b64=False),
        '{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"' + key_id(SECRET) + '"}',
        "[]",
        "{",
    ],
)
def test_a_header_that_is_not_ours_is_refused(header: Any) -> None:
    with pytest.raises(InvalidToken):
        tokens().read(signed(good_claims(), header), NOW)


@pytest.mark.parametrize(
    "claims",
    [
        *(good_claims(**{name: ...}) for name in good_claims()),
        good_claims(iss="somebody"),
        good_claims(aud="another-api"),
        good_claims(sub=7),
        good_claims(sub="seven"),
        *(good_claims(sub=sub) for sub in ("", "0", "-7", "+7", " 7", "7 ", "07", "0_7", "7_0")),
        *(good_claims(sub=sub) for sub in ("7.0", "\u0667", str(2**63), str(10**30), "7\n")),
        *(good_claims(jti=jti) for jti in ("", " ", "a b", "a\0", "a" * 65, 7, None, ["a"])),
        *(good_claims(token_generation=each) for each in (3.0, "3", True, -1, 2**63, None)),
        good_claims(aud=["orderwright-api", "another-api"]),
        good_claims(exp=STAMP - 31),
        good_claims(iat=STAMP + 31, nbf=STAMP + 31, exp=STAMP + 60),
        good_claims(nbf=STAMP + 31),
        good_claims(exp=STAMP + 901),
        good_claims(exp=10**400),
        good_claims(exp=float(STAMP + 900)),
        good_claims(exp=str(STAMP + 900)),
        good_claims(exp=True),
        json.dumps(good_claims())[:-1] + f',"sub":"8","exp":{STAMP + 10}}}',
        "[]",
        "[" * 2000,
    ],
)
def test_claims_that_are_missing_wrong_or_doubled_are_refused(claims: Any) -> None:
    with pytest.raises(InvalidToken):
        tokens().read(signed(claims, good_header()), NOW)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c.d", "x" * 5000, "a.b.c", "é.é.é", signed({}, {}) + "\n"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().read(token, NOW)


def test_a_signature_by_another_key_is_refused() -> None:
    with pytest.raises(InvalidToken):
        tokens().read(signed(good_claims(), good_header(), "t" * 32), NOW)


def test_an_unsigned_token_is_refused() -> None:
    token = signed(good_claims(), good_header(alg="none"))

    for forged in (token.rpartition(".")[0] + ".", token.rpartition(".")[0] + ".AA"):
        with pytest.raises(InvalidToken):
            tokens().read(forged, NOW)


def test_clocks_may_differ_by_half_a_minute() -> None:
    token = signed(good_claims(), good_header())

    assert tokens().read(token, NOW - timedelta(seconds=30)).user_id == 7
    assert tokens().read(token, NOW + timedelta(seconds=929)).user_id == 7
    for moment in (NOW - timedelta(seconds=31), NOW + timedelta(seconds=930)):
        with pytest.raises(InvalidToken):
            tokens().read(token, moment)


def test_a_former_key_still_opens_and_no_longer_signs() -> None:
    former, current = "f" * 32, "c" * 32
    old = tokens(former).issue(a_user(), NOW)

    rotated = tokens(current, former)

    assert rotated.read(old, NOW).user_id == 7
    assert tokens(current).read(rotated.issue(a_user(), NOW), NOW).user_id == 7
    with pytest.raises(InvalidToken):
        tokens(current).read(old, NOW)


def test_a_short_key_signs_nothing() -> None:
    with pytest.raises(jwt.InvalidKeyError):
        tokens("short").issue(a_user(), NOW)


def test_the_name_of_a_key_says_nothing_about_it() -> None:
    assert key_id(SECRET) == key_id(SECRET)
    assert key_id(SECRET) != key_id("t" * 32)
    assert SECRET not in key_id(SECRET)
    assert len(key_id(SECRET)) == 16
