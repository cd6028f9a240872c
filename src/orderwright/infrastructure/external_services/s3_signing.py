"""AWS Signature Version 4, as S3 and what is compatible with it want it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

NO_BODY: Final = hashlib.sha256(b"").hexdigest()
_ALGORITHM: Final = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Keys:
    access_key: str
    secret_key: str
    region: str

    def signed(
        self,
        method: str,
        url: str,
        *,
        now: datetime,
        sha256: str = NO_BODY,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """The headers to send, `headers` among them, which prove who asks and what the body is."""
        moment = now.strftime("%Y%m%dT%H%M%SZ")
        address = urlsplit(url)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        sent |= {"host": address.netloc, "x-amz-content-sha256": sha256, "x-amz-date": moment}
        names = ";".join(sorted(sent))
        lines = [f"{name}:{sent[name].strip()}" for name in sorted(sent)]
        path = quote(address.path or "/", safe="/-_.~%")
        request = "\n".join([method, path, address.query, *lines, "", names, sha256])
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        told = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        signature = _hmac(self._key_of(moment[:8]), told).hex()
        sent["authorization"] = (
            f"{_ALGORITHM} Credential={self.access_key}/{scope},"
            f"SignedHeaders={names},Signature={signature}"
        )
        return sent

    def _key_of(self, day: str) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for each in (day, self.region, "s3", "aws4_request"):
            key = _hmac(key, each)
        return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
