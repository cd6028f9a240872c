"""Where a client can put a text: every member of every body, every parameter, every header."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, quote_from_bytes

import httpx2
from fastapi import FastAPI

from orderwright.api.access import declared
from tests.e2e.contract.operations import ENDLESS, NOTHING
from tests.e2e.contract.samples import Sampler

HEADERS: Final = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-API-Version",
    "X-Correlation-ID",
)
_HERE: Final = "\u2603put it here\u2603"
_UNFIT_FOR_HEADERS: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

Text = str | bytes


@dataclass(frozen=True, slots=True)
class Target:
    method: str
    path: str
    place: str
    body: Any = None

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def keeps_its_caller(self) -> bool:
        return self.place != "header Authorization" and not self.path.startswith("/token")

    @property
    def path_to_nothing(self) -> str:
        return re.sub(r"{[^}]+}", NOTHING, self.path)

    async def ask(self, client: httpx2.AsyncClient, text: Text) -> httpx2.Response:
        kind, _, name = self.place.partition(" ")
        path = self.path
        content = None if self.body is None else json.dumps(self.body).encode()
        headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
        match kind:
            case "member" if content is not None:
                content = content.replace(json.dumps(_HERE).encode(), _as_json(text))
            case "form":
                headers = [(b"content-type", b"application/x-www-form-urlencoded")]
                content = (
                    f"{name}={_quoted(text)}&{'pass' if name == 'user' else 'user'}=x".encode()
                )
            case "path":
                path = path.replace(f"{{{name}}}", _quoted(text) or "%20")
            case "query":
                path = f"{path}?{name}={_quoted(text)}"
            case "header":
                headers = [each for each in headers if each[0] != name.lower().encode()]
                headers.append((name.encode(), _for_header(text)))
        path = re.sub(r"{[^}]+}", NOTHING, path)
        return await client.request(self.method, path, content=content, headers=headers)


def _quoted(text: Text) -> str:
    if isinstance(text, bytes):
        return quote_from_bytes(text, safe="")
    return quote(text, safe="", errors="surrogatepass")


def _as_json(text: Text) -> bytes:
    return (
        b'"' + text.replace(b'"', b"") + b'"'
        if isinstance(text, bytes)
        else json.dumps(text).encode()
    )


def _for_header(text: Text) -> bytes:
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return _UNFIT_FOR_HEADERS.sub(b"", raw).strip()


def body_routes(app: FastAPI) -> Iterator[Target]:
    """Every route that reads JSON, with a body that says all that it may say."""
    document = app.openapi()
    sampler = Sampler(document, whole=True)
    for method, path, _ in declared(app):
        body = sampler.body(document["paths"].get(path, {}).get(method.lower(), {}))
        if body is not None:
            yield Target(method, path, "body", body)


def targets(app: FastAPI) -> Iterator[Target]:
    for route in body_routes(app):
        for path, body in _with_a_hole(route.body):
            yield Target(route.method, route.path, f"member {path}", body)
    document = app.openapi()
    for method, path, _ in declared(app):
        if path == ENDLESS:
            continue
        told: Mapping[str, Any] = document["paths"].get(path, {}).get(method.lower(), {})
        for parameter in told.get("parameters", ()):
            if parameter["in"] in ("path", "query"):
                yield Target(method, path, f"{parameter['in']} {parameter['name']}")
        for header in HEADERS:
            yield Target(method, path, f"header {header}", {} if method != "GET" else None)
    for name in ("username", "password", "scope", "grant_type"):
        yield Target("POST", "/token", f"form {name}")


def _with_a_hole(body: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The body once for each of its texts and numbers, with a hole where that was."""
    if isinstance(body, dict):
        for name, member in body.items():
            for path, holed in _with_a_hole(member, f"{place}/{name}"):
                yield path, {**body, name: holed}
        if not body:  # free data, such as metadata
            yield f"{place}/free", {"free": _HERE}
    elif isinstance(body, list):
        for path, holed in _with_a_hole(body[0], f"{place}/0"):
            yield path, [holed, *body[1:]]
    else:
        yield place, _HERE
