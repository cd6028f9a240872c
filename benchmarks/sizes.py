from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

PGBENCH_CLIENTS: Final = 16
CLIENTS: Final = 64
# What a row of the table measures; CPU and correctness come with all of them.
ROWS: Final = (
    "placement",
    "hot",
    "sqlite",
    "statements",
    "bulk",
    "reads",
    "latency",
    "confirmed",
    "memory",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    rows: tuple[str, ...] = ROWS
    rounds: int = 5
    seconds: float = 5.0
    overload_s: float = 20.0
    overload_clients: int = 512
    clients: int = CLIENTS
    pgbench_clients: int = PGBENCH_CLIENTS
    products: int = 1_000
    customers: int = 1_000
    batch: int = 200  # orders in a request
    batch_clients: int = 4
    # Documents in a file: a year of a middling shop, so that the start of the command is not the figure.
    imported: int = 20_000
    workers: int = 2
    settings: dict[str, str] = field(default_factory=dict)  # of the servers
    preloaded: bool = False  # so are the servers: quicker to start, but not what users run


SMOKE: Final = Sizes(
    rounds=1,
    seconds=0.3,
    overload_s=0.5,
    overload_clients=16,
    clients=8,
    pgbench_clients=2,
    products=20,
    customers=10,
    batch=10,
    batch_clients=2,
    imported=10,
    workers=1,
    preloaded=True,
)
