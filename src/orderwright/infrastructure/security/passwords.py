from __future__ import annotations

from functools import cached_property
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner

# OWASP's first choice for argon2id. Some 30 ms and 19 MiB a hash.
MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
# Bounds what a storm of sign-ins can take: this many cores, and 19 MiB for each.
THREADS: Final = 2
# Some four seconds of them; who came later would have given up when its turn comes.
WAITING_MAX: Final = 256


class Argon2Passwords:
    """argon2id, a few at a time and beside the event loop."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        argon2 = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._hashing = PasswordHash((argon2,))
        self._threads = ThreadRunner("passwords", threads=THREADS, waiting_max=WAITING_MAX)

    @cached_property
    def _nobodys_hash(self) -> str:
        # As dear as a sign-in: most commands have none, and the start of a server should not wait.
        return self._hashing.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        return await self._threads.run(self._hashing.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await self._threads.run(self._is_right, password, password_hash)

    def close(self) -> None:
        self._threads.close()

    def _is_right(self, password: str, password_hash: str | None) -> bool:
        nobodys_hash = self._nobodys_hash  # made for known users too: it takes time
        right = self._hashing.verify(password, password_hash or nobodys_hash)
        return right and password_hash is not None
