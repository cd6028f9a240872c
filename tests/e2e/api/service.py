"""The service in this process, behind its ASGI interface: everything real but the socket."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from dependency_injector import providers
from fastapi import FastAPI
from pydantic import SecretStr

from orderwright.application.commands.create_api_key import CreateApiKey, create_api_key
from orderwright.application.commands.create_user import CreateUser, create_user
from orderwright.config import Settings
from orderwright.container import Container, build_container
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.security.passwords import Argon2Passwords
from orderwright.main import create_app
from tests.deployed import DEPLOYED
from tests.shop import Shop

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Service:
    app: FastAPI
    container: Container
    clients: AsyncExitStack

    @classmethod
    @asynccontextmanager
    async def running(
        cls, database_url: str, data_dir: Path, **settings: Any
    ) -> AsyncIterator["Service"]:
        container = build_container(_settings(database_url, data_dir, settings))
        # As strong as nothing, so that a test that signs in costs no tenth of a second.
        container.password_hasher.override(
            providers.Singleton(Argon2Passwords, memory_kib=8, passes=1)
        )
        app = create_app(_settings(database_url, data_dir, settings), container)
        async with app.router.lifespan_context(app), AsyncExitStack() as clients:
            yield cls(app, container, clients)

    @classmethod
    def deployed(
        cls, database_url: str, data_dir: Path, **settings: Any
    ) -> AbstractAsyncContextManager["Service"]:
        """In production."""
        told: dict[str, Any] = {name.lower(): text for name, text in DEPLOYED.items()}
        return cls.running(database_url, data_dir, **told | settings)

    async def client(self, *permissions: Permission) -> httpx2.AsyncClient:
        """A machine with a key of its own; without a permission named, it may do everything."""
        return await self.bearer(await self.key(*permissions or (Permission.ADMIN,)))

    async def bearer(self, token: str) -> httpx2.AsyncClient:
        return await self._open({"Authorization": f"Bearer {token}"})

    async def anonymous(self) -> httpx2.AsyncClient:
        return await self._open({})

    async def shop(self) -> Shop:
        return await Shop.open(await self.client())

    async def key(self, *permissions: Permission) -> str:
        command = CreateApiKey(name="a machine", permissions=frozenset(permissions))
        created = await create_api_key(
            command,
            self.uow(),
            ids=self.container.ids(),
            secrets=self.container.secret_hasher(),
            now=self.container.clock().now(),
        )
        return created.text

    async def user(self, username: str = "ada@example.com", *permissions: Permission) -> int:
        command = CreateUser(
            username=username,
            email=username,
            password=PASSWORD,
            permissions=frozenset(permissions or (Permission.ORDERS_READ,)),
        )
        hasher = self.container.password_hasher()
        user = await create_user(
            command, self.uow(), hasher=hasher, now=self.container.clock().now()
        )
        return user.id

    def uow(self) -> UnitOfWork:
        uow: UnitOfWork = self.container.unit_of_work(RequestContext())
        return uow

    async def _open(self, headers: dict[str, str]) -> httpx2.AsyncClient:
        return await self.clients.enter_async_context(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=self.app),
                base_url="http://service.test",
                headers=headers,
            )
        )


def _settings(database_url: str, data_dir: Path, changed: dict[str, Any]) -> Settings:
    return Settings.load(
        env_file=None,
        **{
            "data_dir": data_dir,
            "database_url": database_url,
            "jwt_secret": SecretStr("j" * 32),
            "api_secret_key": SecretStr("k" * 32),
            "task_poll_seconds": 0.02,
            "rate_limit_enabled": False,
            **changed,
        },
    )
