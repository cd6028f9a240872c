"""API keys: what machines identify themselves with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import acting, run
from orderwright.domain.value_objects.permission import Permission

if TYPE_CHECKING:
    from orderwright.container import Container

_PAGE = 100

app = group("Create, list and revoke API keys.")

NAME_CHARS_MAX = 100


def _one_line(name: str) -> str:
    if not name.strip() or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise typer.BadParameter(f"has 1 to {NAME_CHARS_MAX} characters on one line")
    return name


Name = Annotated[
    str, typer.Option(callback=_one_line, help="What the key is for; shown in lists and logs.")
]
Permissions = Annotated[
    list[Permission], typer.Option("--permission", help="What it may do; repeat for several.")
]


@app.command()
def create(*, name: Name, permission: Permissions, as_json: Json = False) -> None:
    """Create an API key and print it, this once."""
    created = run(lambda container: _create(container, name, frozenset(permission)))
    if as_json:
        print_json(created)
    else:
        print_record(created)
        say("Keep the key now: it is stored only as a hash and cannot be shown again.")


@app.command("list")
def list_keys(*, as_json: Json = False) -> None:
    """List API keys, without the keys themselves."""
    keys = run(_list)
    if as_json:
        print_json(keys)
    else:
        columns = ("id", "name", "permissions", "created_at", "revoked_at")
        rows = [[key[column] for column in columns] for key in keys]
        print_table([column.upper() for column in columns], rows)


@app.command()
def revoke(key_id: Annotated[int, typer.Argument(min=1)], *, as_json: Json = False) -> None:
    """Make a key useless, within a second at every server."""
    run(lambda container: _revoke(container, key_id))
    if as_json:
        print_json({"id": key_id, "revoked": True})
    else:
        say(f"Key {key_id} is revoked.")


async def _create(
    container: Container, name: str, permissions: frozenset[Permission]
) -> dict[str, object]:
    from orderwright.application.commands.create_api_key import CreateApiKey, create_api_key

    created = await create_api_key(
        CreateApiKey(name=name, permissions=permissions),
        acting(container),
        ids=container.ids(),
        secrets=container.secret_hasher(),
        now=container.clock().now(),
    )
    return {
        "id": created.api_key.id,
        "name": created.api_key.name,
        "key": created.text,
        "permissions": sorted(permissions),
    }


async def _list(container: Container) -> list[dict[str, object]]:
    names = ("id", "name", "permissions", "created_at", "revoked_at")
    reader = container.access_reader()
    keys: list[dict[str, object]] = []
    while page := await reader.api_keys(skip=len(keys), limit=_PAGE):
        keys += [{name: getattr(key, name) for name in names} for key in page]
    return keys


async def _revoke(container: Container, key_id: int) -> None:
    from orderwright.application.commands.revoke_api_key import RevokeApiKey, revoke_api_key

    command = RevokeApiKey(api_key_id=key_id)
    await revoke_api_key(command, acting(container), now=container.clock().now())
