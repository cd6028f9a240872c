from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where goods or bills go. Every part is optional: channels know addresses of every shape."""

    name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    phone: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The parts that are known."""
        parts = ((part, getattr(self, part)) for part in self.__slots__)
        return {part: text for part, text in parts if text is not None}
