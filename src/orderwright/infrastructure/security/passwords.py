from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's first choice for argon2id. Some 30 ms and 19 MiB a hash.
MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
# Bounds what a storm of sign-ins can take: this many cores, and 19 MiB for each.
THREADS: Final = 2

T = TypeVar("T")


class Argon2Passwords:
    """argon2id, a few at a time and beside the event loop."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        argon2 = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._hashing = PasswordHash((argon2,))
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")

    @cached_property
    def _nobodys_hash(self) -> str:
        # As dear as a sign-in: most commands have none, and the start of a server should not wait.
        return self._hashing.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        return await self._in_a_thread(lambda: self._hashing.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        return await self._in_a_thread(lambda: self._is_right(password, password_hash))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _is_right(self, password: str, password_hash: str | None) -> bool:
        nobodys_hash = self._nobodys_hash  # made for known users too: it takes time
        right = self._hashing.verify(password, password_hash or nobodys_hash)
        return right and password_hash is not None

    async def _in_a_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
