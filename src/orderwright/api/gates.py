"""Dependencies that decide whether a request gets in. They are asked before its body is read: nobody
can make the service read one who may not send it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from fastapi.dependencies.models import Dependant
from starlette.requests import Request


class Gate(ABC):
    """A dependency of a route that is to be asked first, and needs the request alone."""

    __slots__ = ()

    @abstractmethod
    async def __call__(self, request: Request) -> None:
        """Raises: whatever keeps the request out."""


def gates_of(dependant: Dependant) -> Sequence[Gate]:
    return [each.call for each in dependant.dependencies if isinstance(each.call, Gate)]


def is_first_time(request: Request, gate: Gate) -> bool:
    """Under a router that is included in another the framework asks again; a gate that counts asks
    this."""
    passed: set[Gate] = request.scope["state"].setdefault("gates_passed", set())
    if gate in passed:
        return False
    passed.add(gate)
    return True
