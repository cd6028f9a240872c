"""People who sign in: made, changed and disabled by an administrator."""

import asyncio
from typing import Any

import httpx2
import pytest

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import PASSWORD, Service
from tests.e2e.api.test_tokens import refresh, sign_in, status_of_me

USERS = "/api/v1/users"
GRACE: dict[str, Any] = {
    "username": "grace@example.com",
    "email": "grace@example.com",
    "password": "a nanosecond is a foot long",
    "permissions": ["orders:read", "catalog:read"],
}


@pytest.fixture
async def admin(service: Service) -> httpx2.AsyncClient:
    return await service.client()


async def grace(admin: httpx2.AsyncClient, **changed: Any) -> dict[str, Any]:
    made = await admin.post(USERS, json={**GRACE, **changed})
    assert made.status_code == 201, made.text
    user: dict[str, Any] = made.json()
    return user


async def change(admin: httpx2.AsyncClient, user_id: int, **changes: Any) -> httpx2.Response:
    return await admin.patch(f"{USERS}/{user_id}", json=changes)


async def test_a_user_is_made_signs_in_and_is_shown_without_a_password(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    made = await admin.post(USERS, json=GRACE)

    user = made.json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"{USERS}/{user['id']}"
    assert made.headers["ETag"] == '"1"'
    assert {name: user[name] for name in ("username", "email", "permissions", "active")} == {
        "username": "grace@example.com",
        "email": "grace@example.com",
        "permissions": ["catalog:read", "orders:read"],
        "active": True,
    }
    assert not {name for name in user if "password" in name}
    signed_in = await sign_in(service, GRACE["username"], GRACE["password"])
    assert signed_in.status_code == 200
    got = await admin.get(made.headers["Location"])
    assert got.json() == user
    fresh = await admin.get(made.headers["Location"], headers={"If-None-Match": '"1"'})
    assert (fresh.status_code, fresh.content) == (304, b"")


async def test_users_are_listed_by_id_and_found_by_name(admin: httpx2.AsyncClient) -> None:
    names = ["grace@example.com", "alan@example.com", "edsger@example.com"]
    for name in names:
        await grace(admin, username=name, email=None)

    listed = (await admin.get(USERS)).json()
    found = (await admin.get(USERS, params={"username": "ALAN@example.com"})).json()

    assert [each["username"] for each in listed] == names
    assert [each["username"] for each in found] == ["alan@example.com"]


async def test_a_name_belongs_to_one_user_in_any_case(admin: httpx2.AsyncClient) -> None:
    await grace(admin)

    twin = await admin.post(USERS, json={**GRACE, "username": "Grace@Example.com"})

    assert (twin.status_code, twin.json()["code"]) == (409, "username_taken")
    assert len((await admin.get(USERS)).json()) == 1


@pytest.mark.parametrize(
    "password",
    [
        "Password",
        "P@ssw0rd123!",
        "iloveyou2",
        "adminadmin",
        "12345678",
        "87654321",
        "qwertyuiop",
        "aaaaaaaaaa",
        "abcabcabcabc",
        "orderwright!",
        "grace@example.com",
        "i am Grace@Example.com",
        "graceful and more",
    ],
)
async def test_what_everybody_tries_first_is_no_password(
    admin: httpx2.AsyncClient, password: str
) -> None:
    refused = await admin.post(USERS, json={**GRACE, "password": password})

    assert (refused.status_code, refused.json()["code"]) == (422, "weak_password")
    assert password not in refused.text
    assert (await admin.get(USERS)).json() == []


async def test_what_is_taken_away_is_gone_from_the_next_request_on(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    user = await grace(admin)
    tokens = (await sign_in(service, GRACE["username"], GRACE["password"])).json()
    client = await service.bearer(tokens["access_token"])
    assert (await client.get("/api/v1/orders")).status_code == 200

    changed = await change(admin, user["id"], permissions=["catalog:read"])

    assert changed.json()["permissions"] == ["catalog:read"]
    assert changed.headers["ETag"] == '"2"'
    assert (await client.get("/api/v1/orders")).status_code == 403
    assert (await client.get("/api/v1/products")).status_code == 200


@pytest.mark.parametrize("changes", [{"active": False}, {"password": "forty two is the answer"}])
async def test_being_disabled_and_a_new_password_end_every_session(
    service: Service, admin: httpx2.AsyncClient, changes: dict[str, Any]
) -> None:
    user = await grace(admin)
    here = (await sign_in(service, GRACE["username"], GRACE["password"])).json()
    there = (await sign_in(service, GRACE["username"], GRACE["password"])).json()

    assert (await change(admin, user["id"], **changes)).status_code == 200

    for tokens in (here, there):
        assert await status_of_me(service, tokens["access_token"]) == 401
        assert (await refresh(service, tokens["refresh_token"])).status_code == 401
    again = await sign_in(service, GRACE["username"], GRACE["password"])
    assert (again.status_code, again.json()["code"]) == (401, "invalid_credentials")


async def test_a_new_password_works_and_the_same_change_again_is_none(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    user = await grace(admin)

    await change(admin, user["id"], password="forty two is the answer")
    same = await change(admin, user["id"], active=True, email=GRACE["email"])

    assert (await sign_in(service, GRACE["username"], "forty two is the answer")).status_code == 200
    assert same.json()["version"] == 3, "changed, signed out; and then nothing"


async def test_the_same_letters_typed_otherwise_are_the_same_password(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    await grace(admin, password="caf\u00e9 au lait 42")

    assert (await sign_in(service, GRACE["username"], "cafe\u0301 au lait 42")).status_code == 200


async def test_two_who_change_one_user_do_not_overwrite_each_other(
    admin: httpx2.AsyncClient,
) -> None:
    user = await grace(admin)
    path, seen = f"{USERS}/{user['id']}", {"If-Match": '"1"'}

    first = await admin.patch(path, json={"permissions": ["admin"]}, headers=seen)
    second = await admin.patch(path, json={"permissions": []}, headers=seen)

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await admin.get(path)).json()["permissions"] == ["admin"]


@pytest.mark.parametrize("changes", [{"active": False}, {"permissions": ["orders:read"]}])
async def test_the_last_administrator_stays_one(
    service: Service, admin: httpx2.AsyncClient, changes: dict[str, Any]
) -> None:
    last = await service.user("ada@example.com", Permission.ADMIN)
    await grace(admin)

    refused = await change(admin, last, **changes)

    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    unchanged = (await admin.get(f"{USERS}/{last}")).json()
    assert (unchanged["active"], unchanged["permissions"]) == (True, ["admin"])
    assert unchanged["version"] == 1


async def test_of_administrators_who_disable_each_other_one_is_left(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    ids = [await service.user(f"{n}@example.com", Permission.ADMIN) for n in range(4)]

    answers = await asyncio.gather(*(change(admin, user_id, active=False) for user_id in ids))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409]
    active = [each["active"] for each in (await admin.get(USERS)).json()]
    assert sorted(active) == [False, False, False, True]


async def test_a_repeated_request_makes_one_user_and_keeps_no_trace_of_the_password(
    service: Service, admin: httpx2.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "k"}

    first = await admin.post(USERS, json=GRACE, headers=headers)
    second = await admin.post(USERS, json=GRACE, headers=headers)
    other = await admin.post(USERS, json={**GRACE, "password": "another one 12"}, headers=headers)

    assert second.content == first.content
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await admin.get(USERS)).json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {**GRACE, "id": 7},
        {**GRACE, "password_hash": "x"},
        {**GRACE, "token_generation": 9},
        {**GRACE, "permissions": ["everything"]},
        {**GRACE, "username": " "},
        {**GRACE, "password": "seven77"},
        {**GRACE, "password": "x" * 257},
        {**GRACE, "password": ["hunter2hunter2"]},
        {"username": "x"},
    ],
)
async def test_a_body_of_the_wrong_shape_makes_nobody(
    admin: httpx2.AsyncClient, body: dict[str, Any]
) -> None:
    refused = await admin.post(USERS, json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "validation_error")
    assert "hunter2" not in refused.text
    assert (await admin.get(USERS)).json() == []


async def test_an_unknown_user_is_not_there(admin: httpx2.AsyncClient) -> None:
    for answer in (
        await admin.get(f"{USERS}/9"),
        await change(admin, 9, active=False),
        await change(admin, 9, password="forty two is the answer"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")


async def test_a_fresh_service_has_no_user_and_no_key(service: Service) -> None:
    for username, password in [("admin", "admin"), ("root", PASSWORD), ("", "")]:
        answer = await sign_in(service, username or "x", password or "x")
        assert answer.status_code == 401
