import pytest

from orderwright.domain.value_objects.actor import SYSTEM, Actor
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.permission import Permission, PermissionDenied, allows


def test_an_actor_may_do_what_was_granted_and_nothing_else() -> None:
    clerk = Actor("user:3", frozenset({Permission.ORDERS_READ}))

    clerk.require(Permission.ORDERS_READ)
    with pytest.raises(PermissionDenied, match="orders:write"):
        clerk.require(Permission.ORDERS_WRITE)


@pytest.mark.parametrize("permission", list(Permission))
def test_an_administrator_may_do_everything(permission: Permission) -> None:
    assert allows([Permission.ADMIN], permission)
    SYSTEM.require(permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_who_was_granted_nothing_may_do_nothing(permission: Permission) -> None:
    assert not allows([], permission)


@pytest.mark.parametrize("permission", [each for each in Permission if each != Permission.ADMIN])
def test_no_other_permission_makes_an_administrator(permission: Permission) -> None:
    assert not allows([permission], Permission.ADMIN)


def test_an_address_has_only_the_parts_that_are_known() -> None:
    address = Address(name="Ada Example", city="London", country="GB")

    assert address.as_dict() == {"name": "Ada Example", "city": "London", "country": "GB"}
    assert Address(**address.as_dict()) == address
    assert Address().as_dict() == {}
