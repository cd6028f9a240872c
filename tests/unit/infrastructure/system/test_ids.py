from collections.abc import Callable
from uuid import UUID

from orderwright.infrastructure.system.ids import TimeOrderedIds


def ticking(*readings: int) -> Callable[[], int]:
    left = iter(readings)
    return lambda: next(left)


def fixed(bits: int) -> int:
    return (1 << bits) - 1 if bits == 48 else 5


def test_ids_are_uuids_of_version_7_with_their_time_in_front() -> None:
    made = UUID(TimeOrderedIds(ticking(1_700_000_000_000), lambda _: 0).new_id())

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == 1_700_000_000_000


def test_ids_grow_within_a_millisecond_and_while_the_clock_goes_back() -> None:
    ids = TimeOrderedIds(ticking(1000, 1000, 999, 1, 1001), fixed)

    made = [ids.new_id() for _ in range(5)]

    assert made == sorted(made)
    assert len(set(made)) == 5
    assert all(UUID(each).version == 7 for each in made)


def test_ten_thousand_ids_differ_and_are_in_order() -> None:
    ids = TimeOrderedIds()

    made = [ids.new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == 10_000


def test_secrets_have_256_bits_and_are_never_alike() -> None:
    ids = TimeOrderedIds()

    secrets = {ids.secret() for _ in range(1000)}

    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {43}
