"""Payment operations that need a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, as_data, print_json, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.container import Container
    from orderwright.domain.entities.payment import Payment
    from orderwright.domain.interfaces.open_operations import OperationInNeed

app = group("Look after payment operations that need a person.")

_COLUMNS = (
    "id",
    "order_id",
    "kind",
    "state",
    "amount",
    "currency",
    "provider",
    "attention_at",
    "due_at",
)


@app.command()
def attention(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List them, longest waiting first."""
    waiting = [as_data(each) for each in run(lambda container: _in_need(container, limit))]
    if as_json:
        print_json(waiting)
    elif waiting:
        rows = [[each[column] for column in _COLUMNS] for each in waiting]
        print_table([column.upper() for column in _COLUMNS], rows)
    else:
        say("Nothing needs attention.")


@app.command()
def resolve(
    operation_id: Annotated[str, typer.Argument(help="Id of the operation.")],
    *,
    succeeded: Annotated[
        bool,
        typer.Option("--succeeded/--failed", help="What the provider's own records show."),
    ],
    reason: Annotated[str, typer.Option(help="Where you saw it; kept on the timeline.")],
    provider_payment_id: Annotated[
        str | None, typer.Option(help="The provider's id of the payment, if it has one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what became of one; its order goes on from there."""
    payment = run(
        lambda container: _resolve(
            container, operation_id, reason, provider_payment_id, succeeded=succeeded
        )
    )
    if as_json:
        print_json({"payment_id": payment.id, "status": str(payment.status)})
    else:
        say(f"The payment {payment.id} of order {payment.order_id} is {payment.status}.")


async def _in_need(container: Container, limit: int) -> Sequence[OperationInNeed]:
    return await container.open_operation_reader().in_need(skip=0, limit=limit)


async def _resolve(
    container: Container,
    operation_id: str,
    reason: str,
    provider_payment_id: str | None,
    *,
    succeeded: bool,
) -> Payment:
    from orderwright.application.commands.resolve_operation import (
        ResolveOperation,
        resolve_operation,
    )
    from orderwright.domain.interfaces.requests import RequestContext

    command = ResolveOperation(
        operation_id=operation_id,
        succeeded=succeeded,
        reason=reason,
        provider_payment_id=provider_payment_id,
    )
    return await resolve_operation(
        command,
        container.unit_of_work(RequestContext()),
        hear=container.settlement().hear,
        now=container.clock().now(),
    )
