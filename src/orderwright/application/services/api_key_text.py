"""What an API key looks like on the wire: `ow_<lookup>_<secret>`."""

from __future__ import annotations

from typing import Final

from orderwright.domain.interfaces.ids import Ids

# A prefix that scanners of leaked secrets can look for.
PREFIX: Final = "ow_"


def new_lookup(ids: Ids) -> str:
    return ids.new_id().replace("-", "")


def key_text(lookup: str, secret: str) -> str:
    return f"{PREFIX}{lookup}_{secret}"


def is_api_key(bearer: str) -> bool:
    return bearer.startswith(PREFIX)


def lookup_and_secret(key: str) -> tuple[str, str]:
    """Both empty or strange when it is no key of ours: then nothing matches them."""
    lookup, _, secret = key.removeprefix(PREFIX).partition("_")
    return lookup, secret
