"""Customers, products, locations, users and API keys: each change is an event and a new version."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderwright.domain.entities.aggregate import Aggregate
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.user import User
from orderwright.domain.events.catalog import (
    ApiKeyRevoked,
    CustomerChanged,
    LocationCreated,
    ProductChanged,
    ProductCreated,
    UserSignedOut,
)
from orderwright.domain.value_objects.money import UnitPrice
from orderwright.domain.value_objects.permission import Permission
from tests.builders import GBP, NOW

LATER = NOW + timedelta(hours=1)


def a_customer() -> Customer:
    return Customer.create(name="Ada Example", email="ada@example.org", now=NOW)


def a_product() -> Product:
    return Product.create(sku="MUG", name="Mug", price=UnitPrice.parse("12.5", GBP), now=NOW)


def a_location() -> Location:
    return Location.create(name="Main", now=NOW)


def a_user() -> User:
    return User.create(
        username="ada",
        email=None,
        password_hash="$hash",
        permissions=frozenset({Permission.ORDERS_WRITE, Permission.ORDERS_READ}),
        now=NOW,
    )


def an_api_key() -> ApiKey:
    return ApiKey.create(
        name="shop",
        lookup="lookup",
        secret_hash="hash",
        permissions=frozenset({Permission.ORDERS_WRITE}),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("create", "name"),
    [
        (a_customer, "customer.created"),
        (a_product, "product.created"),
        (a_location, "location.created"),
        (a_user, "user.created"),
        (an_api_key, "api_key.created"),
    ],
)
def test_to_be_created_is_the_first_event(create: Callable[[], Aggregate], name: str) -> None:
    aggregate = create()

    (recorded,) = aggregate.take_events()

    assert (recorded.sequence, recorded.event.name, recorded.occurred_at) == (1, name, NOW)
    assert aggregate.version == 1


def test_events_are_numbered_on_and_handed_over_once() -> None:
    location = a_location()
    location.take_events()

    location.record(LocationCreated(location_name="again"), LATER)
    location.record(LocationCreated(location_name="and again"), LATER)

    assert [recorded.sequence for recorded in location.take_events()] == [2, 3]
    assert location.take_events() == []
    assert location.version == 3


def test_a_changed_customer_names_what_changed_and_not_what_it_is_now() -> None:
    customer = a_customer()
    customer.take_events()

    customer.change({"name": "Ada Lovelace", "email": None}, LATER)

    assert (customer.name, customer.email) == ("Ada Lovelace", None)
    assert (customer.created_at, customer.updated_at) == (NOW, LATER)
    (recorded,) = customer.take_events()
    assert recorded.event == CustomerChanged(changed=("email", "name"))


def test_a_changed_product_has_a_new_version() -> None:
    product = a_product()
    product.take_events()

    product.change({"price": UnitPrice.parse("13", GBP), "active": False}, LATER)

    assert (str(product.price), product.active) == ("13.00", False)
    assert (product.version, product.updated_at) == (2, LATER)
    (recorded,) = product.take_events()
    assert recorded.event == ProductChanged(changed=("active", "price"))


def test_a_product_is_priced_in_one_currency_and_tracked_unless_said_otherwise() -> None:
    product = a_product()

    assert product.currency == GBP
    assert (product.active, product.track_inventory, product.backorder) == (True, True, False)
    (recorded,) = product.take_events()
    assert recorded.event == ProductCreated(sku="MUG", price="12.50", currency="GBP")


def test_signing_out_everywhere_ends_every_token_issued_so_far() -> None:
    user = a_user()
    user.take_events()

    user.sign_out_everywhere(LATER)

    assert user.token_generation == 2
    assert [recorded.event for recorded in user.take_events()] == [UserSignedOut()]


def test_an_api_key_is_revoked_once() -> None:
    api_key = an_api_key()
    api_key.take_events()

    api_key.revoke(NOW)
    api_key.revoke(LATER)

    assert api_key.revoked_at == NOW
    assert [recorded.event for recorded in api_key.take_events()] == [ApiKeyRevoked()]


def test_permissions_in_events_are_in_a_stable_order() -> None:
    (recorded,) = a_user().take_events()

    assert recorded.event.permissions == ("orders:read", "orders:write")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("used", "revoked", "after", "usable"),
    [
        (False, False, timedelta(hours=1), True),
        (True, False, timedelta(hours=1), False),
        (False, True, timedelta(hours=1), False),
        (False, False, timedelta(days=1), False),  # expires at that very moment
    ],
)
def test_a_refresh_token_is_good_once_and_for_a_time(
    after: timedelta, *, used: bool, revoked: bool, usable: bool
) -> None:
    token = RefreshToken(
        id="token-1",
        family_id="family-1",
        user_id=1,
        token_hash="hash",
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
        used_at=NOW if used else None,
        revoked_at=NOW if revoked else None,
    )

    assert token.is_usable(NOW + after) is usable
