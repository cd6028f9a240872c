"""Orders on their way from pending to confirmed, many at once: claimed, paid and confirmed in groups."""
