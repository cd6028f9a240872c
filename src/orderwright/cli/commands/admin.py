"""People who run the service."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, print_json, print_record
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import acting, run

if TYPE_CHECKING:
    from orderwright.container import Container

app = group("Manage the people who run the service.")

Email = Annotated[str, typer.Argument(help="Signs in with it.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command()
def create(email: Email, *, password_stdin: PasswordStdin = False, as_json: Json = False) -> None:
    """Create a user who may do everything."""
    _must_look_like_email(email)
    password = _password(from_stdin=password_stdin)
    created = run(lambda container: _create(container, email, password))
    if as_json:
        print_json(created)
    else:
        print_record(created)


def _must_look_like_email(email: str) -> None:
    name, at, host = email.partition("@")
    if not (name and at and "." in host) or any(map(str.isspace, email)):
        raise typer.BadParameter("is not an e-mail address", param_hint="EMAIL")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise typer.BadParameter("is needed without a terminal", param_hint="--password-stdin")
    entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return entered


async def _create(container: Container, email: str, password: str) -> dict[str, object]:
    from orderwright.application.commands.create_user import CreateUser, create_user
    from orderwright.domain.value_objects.permission import Permission

    user = await create_user(
        CreateUser(
            username=email,
            email=email,
            password=password,
            permissions=frozenset({Permission.ADMIN}),
        ),
        acting(container),
        hasher=container.password_hasher(),
        now=container.clock().now(),
    )
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "permissions": sorted(user.permissions),
    }
