"""Events against the positions that were given to them, and those who follow against both."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database import tables, tables_events
from orderwright.infrastructure.database.auditing.check import Check

_UNNUMBERED: Final = """
SELECT 'event ' || events.id,
       CASE WHEN position IS NULL THEN 'has no position and is not in the outbox'
       ELSE 'is at ' || position || ' and in the outbox' END
FROM events
LEFT JOIN event_feed ON event_feed.event_id = events.id
LEFT JOIN outbox ON outbox.event_id = events.id
WHERE (position IS NULL) = (outbox.event_id IS NULL)
"""
# No two events share a position (its primary key), so as many as the last one leave no gap.
_GAPS: Final = """
SELECT 'event feed', 'is at ' || head.position || ', but has ' || many || ' positions up to ' || last
FROM event_feed_head AS head
CROSS JOIN (SELECT COUNT(*) AS many, COALESCE(MAX(position), 0) AS last FROM event_feed) AS given
WHERE head.position <> many OR head.position <> last
"""
_OUT_OF_ORDER: Final = """
SELECT aggregate || ' ' || aggregate_id, 'its event ' || sequence || ' is at ' || position || ', before ' || earlier
FROM (
    SELECT aggregate, aggregate_id, sequence, position,
           LAG(position) OVER (PARTITION BY aggregate, aggregate_id ORDER BY sequence) AS earlier
    FROM events
    JOIN event_feed ON event_feed.event_id = events.id
) AS told
WHERE position < earlier
"""
_AHEAD: Final = """
SELECT 'consumer ' || name, 'is at ' || consumer.position || ', after the last event, ' || head.position
FROM event_consumers AS consumer
CROSS JOIN event_feed_head AS head
WHERE consumer.position > head.position
"""

FEED_CHECKS: Final = (
    Check(name="events_are_numbered", of=tables.events, wrong=_UNNUMBERED),
    Check(name="feed_is_gapless", of=tables_events.event_feed, wrong=_GAPS),
    Check(name="feed_is_in_order", of=tables_events.event_feed, wrong=_OUT_OF_ORDER),
    Check(name="consumers_follow", of=tables_events.event_consumers, wrong=_AHEAD),
)
