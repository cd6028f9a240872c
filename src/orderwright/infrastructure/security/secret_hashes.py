from __future__ import annotations

import hmac


class HmacSecrets:
    """HMAC-SHA256 under a key that is not in the database: a stolen dump proves no guess."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def hash(self, secret: str) -> str:
        return hmac.digest(self._key, secret.encode(), "sha256").hex()

    def matches(self, secret: str, secret_hash: str) -> bool:
        return hmac.compare_digest(self.hash(secret), secret_hash)
