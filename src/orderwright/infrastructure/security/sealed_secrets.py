from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orderwright.domain.interfaces.security import UnreadableSecret

_FORMAT: Final = "v1"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_KEY_ID_CHARS: Final = 8


class AesGcmSecrets:
    """AES-256-GCM under keys derived from the service's own, which are not in the database.

    A sealed secret reads `v1.<key id>.<nonce and ciphertext>`: when the service's key is changed, what
    was sealed before is still opened as long as the former key is named too.
    """

    def __init__(
        self, keys: Sequence[str], purpose: str, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        """The first of `keys` seals, all of them open. What is sealed for one purpose is not opened
        for another."""
        derived = [_derived(key, purpose) for key in keys]
        self._by_id = {_key_id(key): AESGCM(key) for key in derived}
        self._key_id = _key_id(derived[0])
        self._random = random

    def seal(self, secret: str) -> str:
        nonce = self._random(_NONCE_BYTES)
        sealed = self._by_id[self._key_id].encrypt(nonce, secret.encode(), self._key_id.encode())
        return f"{_FORMAT}.{self._key_id}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str) -> str:
        """Raises: UnreadableSecret."""
        _, key_id, text = sealed.split(".")
        key = self._by_id.get(key_id)
        if key is None:
            raise UnreadableSecret(f"sealed with the key {key_id}, which is not known")
        content = urlsafe_b64decode(text)
        try:
            opened = key.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], key_id.encode())
        except InvalidTag:
            raise UnreadableSecret("it was tampered with") from None
        return opened.decode()


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(key.encode())


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_KEY_ID_CHARS]
