"""The trigger that puts every event into the outbox, whoever writes it and however."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, MetaData, event

_SQLITE: Final = """
CREATE TRIGGER events_into_outbox AFTER INSERT ON events
BEGIN INSERT INTO outbox (event_id) VALUES (NEW.id); END
"""
_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION put_into_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO outbox (event_id) SELECT id FROM written; RETURN NULL; END $$
"""
# Once a statement, for a group writes hundreds of events with one.
_POSTGRES: Final = """
CREATE TRIGGER events_into_outbox AFTER INSERT ON events
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION put_into_outbox()
"""
_FIRST_HEAD: Final = "INSERT INTO event_feed_head (id, position) VALUES (1, 0)"


def put_into_outbox(metadata: MetaData) -> None:
    """Have `metadata.create_all` make the trigger too, and the row that it is all counted from."""
    for dialect, statements in (
        ("sqlite", [_SQLITE, _FIRST_HEAD]),
        ("postgresql", [_POSTGRES_FUNCTION, _POSTGRES, _FIRST_HEAD]),
    ):
        for statement in statements:
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(metadata, "after_create", ddl)
