import asyncio
import threading

import pytest

from orderwright.infrastructure.security import passwords
from orderwright.infrastructure.security.passwords import Argon2Passwords


async def test_a_password_opens_its_own_hash_only() -> None:
    hasher = Argon2Passwords(memory_kib=8, passes=1)

    known = await hasher.hash("correct horse")

    assert await hasher.verify("correct horse", known)
    assert not await hasher.verify("battery staple", known)
    assert await hasher.hash("correct horse") != known


async def test_hashes_are_argon2id_at_least_as_strong_as_advised() -> None:
    known = await Argon2Passwords().hash("correct horse")

    assert known.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_nobody_has_no_password_not_even_the_one_that_is_hashed_for_nobody() -> None:
    hasher = Argon2Passwords(memory_kib=8, passes=1)

    for guess in ("", "the password of nobody"):
        assert not await hasher.verify(guess, None)


async def test_a_storm_of_sign_ins_takes_two_threads_and_not_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = Argon2Passwords(memory_kib=8, passes=1)
    used: set[str] = set()
    verify = hasher._hashing.verify

    def watched(password: str, password_hash: str) -> bool:
        used.add(threading.current_thread().name)
        return verify(password, password_hash)

    monkeypatch.setattr(hasher._hashing, "verify", watched)

    await asyncio.gather(*(hasher.verify(f"guess {n}", None) for n in range(50)))

    assert 1 <= len(used) <= passwords.THREADS
    assert all(name.startswith("passwords") for name in used)
    hasher.close()
