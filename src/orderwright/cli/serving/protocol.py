"""What never becomes a request still gets an answer in the form that every error has."""

from __future__ import annotations

import json
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orderwright.api.middleware.standard_headers import DATA_POLICY, FIXED_HEADERS
from orderwright.api.problems import Problem

MALFORMED = Problem(status=400, code="malformed_request", detail="the request is not valid HTTP")


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but for the refusal of what is no HTTP."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is fixed
        correlation_id = uuid4().hex
        body = json.dumps(MALFORMED.members(correlation_id)).encode()
        headers = {
            **FIXED_HEADERS,
            "x-correlation-id": correlation_id,
            "content-security-policy": DATA_POLICY,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{lines}\r\n".encode() + body)
        self.transport.close()
