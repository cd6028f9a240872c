"""What the gateway has done, in an SQLite file of its own."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import orjson

from orderwright.sandbox_gateway.payment import Move, MoveKind, Payment
from orderwright.sandbox_gateway.wire import PaymentBody

# `synchronous=NORMAL` in WAL mode: a commit is a write, without a flush. What is committed outlives
# a killed process, which is what callers are tried with; a power cut may take the last moments, and
# there is no money to lose. It is what makes thousands of payments a second cheap.
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payments (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL,
    order_id ANY NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    at_once INTEGER NOT NULL, decline_code TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS payments_by_reference ON payments (reference);
CREATE TABLE IF NOT EXISTS moves (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    payment_id TEXT NOT NULL REFERENCES payments (id), reference TEXT NOT NULL, amount TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS moves_by_payment ON moves (payment_id);
CREATE INDEX IF NOT EXISTS moves_by_reference ON moves (reference);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, operation TEXT NOT NULL, fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhooks (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, payment_id TEXT NOT NULL, reference TEXT NOT NULL,
    copies INTEGER NOT NULL
) STRICT;
"""
_ADD_PAYMENT: Final = """
INSERT INTO payments (id, reference, order_id, amount, currency, at_once, decline_code)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ADD_MOVE: Final = """
INSERT INTO moves (id, kind, payment_id, reference, amount) VALUES (?, ?, ?, ?, ?)
"""
_ADD_WEBHOOK: Final = """
INSERT INTO webhooks (id, payment_id, reference, copies) VALUES (?, ?, ?, ?)
"""
_MENTIONING: Final = """
SELECT id FROM payments WHERE reference = :reference
UNION SELECT payment_id FROM moves WHERE reference = :reference
"""
_PAYMENTS: Final = """
SELECT id, reference, order_id, amount, currency, at_once, decline_code FROM payments
WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY number
"""
_ALL_PAYMENTS: Final = """
SELECT id, reference, order_id, amount, currency, at_once, decline_code FROM payments
ORDER BY number
"""
_MOVES: Final = """
SELECT payment_id, id, kind, reference, amount FROM moves
WHERE payment_id IN (SELECT value FROM json_each(:ids)) ORDER BY number
"""
_ALL_MOVES: Final = "SELECT payment_id, id, kind, reference, amount FROM moves ORDER BY number"
_EXECUTIONS: Final = """
SELECT reference, count(*) FROM (
    SELECT reference FROM payments WHERE decline_code IS NULL UNION ALL SELECT reference FROM moves
) GROUP BY reference
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to a key."""

    fingerprint: bytes
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class DueWebhook:
    number: int
    id: str
    payment_id: str
    reference: str
    copies: int


class Ledger:
    """Used by one thread, over one connection. So there is nobody to wait for, and a statement is
    over before another thread could have been asked to run it."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    # Payments

    def add_payment(self, body: PaymentBody, *, decline_code: str | None) -> str:
        id = f"pay_{token_hex(16)}"
        facts = (body.reference, body.order_id, body.amount, body.currency, body.capture)
        self._connection.execute(_ADD_PAYMENT, (id, *facts, decline_code))
        return id

    def add_move(
        self, kind: MoveKind, payment_id: str, reference: str, amount: str | None = None
    ) -> str:
        id = f"{kind}_{token_hex(16)}"
        self._connection.execute(_ADD_MOVE, (id, kind, payment_id, reference, amount))
        return id

    def mentioning(self, reference: str) -> list[Payment]:
        """Those of this reference, and those with a capture, void or refund of it."""
        rows = self._connection.execute(_MENTIONING, {"reference": reference})
        return self.payments([id for (id,) in rows])

    def payments(self, ids: list[str]) -> list[Payment]:
        """In the order in which they were made; an unknown id stands for nothing."""
        among = {"ids": orjson.dumps(ids).decode()}
        moves = self._moves(self._connection.execute(_MOVES, among))
        return [_payment(row, moves) for row in self._connection.execute(_PAYMENTS, among)]

    def all_payments(self) -> list[Payment]:
        moves = self._moves(self._connection.execute(_ALL_MOVES))
        return [_payment(row, moves) for row in self._connection.execute(_ALL_PAYMENTS)]

    def _moves(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Move]]:
        moves = defaultdict[str, list[Move]](list)
        for payment_id, id, kind, reference, amount in rows:
            exact = None if amount is None else Decimal(amount)
            moves[payment_id].append(Move(id, MoveKind(kind), reference, exact))
        return moves

    def executions(self) -> dict[str, int]:
        """How often each reference moved money, or let it go: more than once is a duplicate."""
        return dict(self._connection.execute(_EXECUTIONS).fetchall())

    # Keys

    def remembered(self, key: str) -> Remembered | None:
        row = self._connection.execute(
            "SELECT fingerprint, status, body FROM answers WHERE key = ?", [key]
        ).fetchone()
        return None if row is None else Remembered(*row)

    def remember(self, key: str, operation: str, answer: Remembered) -> None:
        self._connection.execute(
            "INSERT INTO answers (key, operation, fingerprint, status, body) VALUES (?, ?, ?, ?, ?)",
            [key, operation, answer.fingerprint, answer.status, answer.body],
        )

    def forget(self, key: str) -> None:
        self._connection.execute("DELETE FROM answers WHERE key = ?", [key])

    def forget_all(self, operations: Iterable[str]) -> None:
        self._connection.executemany(
            "DELETE FROM answers WHERE operation = ?", [(each,) for each in operations]
        )

    # Webhooks that are due

    def add_webhook(self, payment_id: str, reference: str, *, copies: int) -> None:
        id = f"evt_{token_hex(16)}"
        self._connection.execute(_ADD_WEBHOOK, (id, payment_id, reference, copies))

    def due_webhooks(self, at_most: int) -> list[DueWebhook]:
        rows = self._connection.execute(
            "SELECT number, id, payment_id, reference, copies FROM webhooks ORDER BY number LIMIT ?",
            [at_most],
        )
        return [DueWebhook(*row) for row in rows]

    def webhook_arrived(self, number: int) -> None:
        self._connection.execute("DELETE FROM webhooks WHERE number = ?", [number])


def _payment(row: tuple[Any, ...], moves: dict[str, list[Move]]) -> Payment:
    id, reference, order_id, amount, currency, at_once, decline_code = row
    return Payment(
        id=id,
        reference=reference,
        order_id=order_id,
        amount=Decimal(amount),
        currency=currency,
        at_once=bool(at_once),
        decline_code=decline_code,
        moves=tuple(moves.get(id, ())),
    )
