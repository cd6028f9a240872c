"""Dependencies that decide whether a request gets in. They are asked before its body is read: nobody
can make the service read one who may not send it."""

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import solve_dependencies
from starlette.requests import Request


class Gate:
    """Marks a dependency of a route that is to be asked first."""


async def pass_gates(request: Request, dependant: Dependant) -> None:
    """Raises: what a gate raises."""
    gates = [each for each in dependant.dependencies if _is_gate(each.call)]
    if gates:
        await solve_dependencies(
            request=request,
            dependant=Dependant(dependencies=gates),
            async_exit_stack=request.scope["fastapi_inner_astack"],
            embed_body_fields=False,
        )


def _is_gate(call: object) -> bool:
    return isinstance(call, Gate)


def is_first_time(request: Request, gate: Gate) -> bool:
    """The framework asks all dependencies again later; a gate that counts asks this."""
    passed: set[Gate] = request.scope["state"].setdefault("gates_passed", set())
    if gate in passed:
        return False
    passed.add(gate)
    return True
