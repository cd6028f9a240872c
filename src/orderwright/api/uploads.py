"""One file in a multipart form (RFC 7578), read as it arrives and never whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi.exceptions import RequestValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import compile_path
from starlette.types import Scope

from orderwright.api.problems import Refused, refuse
from orderwright.api.raw_headers import header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FIELD: Final = "file"
# What stands around the file in a form.
FORM_BYTES_MAX: Final = 16 * 1024
_UPLOADS: Final = tuple(
    compile_path(f"/api/{version}/orders/{{order_id}}/attachments")[0] for version in ("v1", "v2")
)


def is_upload(scope: Scope) -> bool:
    """Whether the body may be a file, and so larger than others."""
    return scope["method"] == "POST" and any(each.match(scope["path"]) for each in _UPLOADS)


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a client says of its file."""

    filename: str
    content_type: str | None


class UploadedFile:
    """Read `head` first, then `pieces` to the end: only then it is known that nothing else was sent."""

    def __init__(self, request: Request) -> None:
        """Raises: Refused: 415, the body is no form with a file."""
        self._events = _Events()
        self._parser = MultipartParser(
            _boundary(request), self._events.callbacks(), max_header_count=8
        )
        self._stream = request.stream()
        self._is_over = False

    async def head(self) -> FileHead:
        """Raises: Refused, RequestValidationError: it is not the form that is expected."""
        while self._events.head is None and await self._feed():
            pass
        if self._events.head is None:
            raise _fault("missing", "Field required")
        return self._events.head

    async def pieces(self) -> AsyncIterator[bytes]:
        """Raises: as `head`."""
        yield self._events.taken()
        while await self._feed():
            yield self._events.taken()

    async def _feed(self) -> bool:
        """False when there is no more."""
        if self._is_over:
            return False
        try:
            some = await anext(self._stream, b"")
            if some:
                self._parser.write(some)
            else:
                self._is_over = True
                self._parser.finalize()
        except FormParserError:
            raise _unreadable() from None
        except ClientDisconnect:  # nobody will read this, and nothing is broken
            raise HTTPException(400) from None
        return not self._is_over or self._events.is_whole_or_refused()


class _Events:
    """What the parser has found since it was last asked."""

    def __init__(self) -> None:
        self.head: FileHead | None = None
        self._headers: dict[str, bytes] = {}
        self._name = b""
        self._value = b""
        self._data = bytearray()
        self._is_whole = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._on_name,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_end": self._on_end,
        }

    def taken(self) -> bytes:
        taken, self._data = bytes(self._data), bytearray()
        return taken

    def is_whole_or_refused(self) -> bool:
        if not self._is_whole:
            raise _unreadable()
        return False

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _on_headers(self) -> None:
        disposition = self._headers.get("content-disposition", b"").decode("latin-1")
        kind, options = parse_options_header(disposition)
        name = options.get(b"name", b"").decode(errors="replace")
        if kind != b"form-data" or name != FIELD or self.head is not None:
            raise _fault("extra_forbidden", "Extra inputs are not permitted", name or FIELD)
        if b"filename" not in options:
            raise _fault("missing", "A file with its name is needed")
        told = self._headers.get("content-type")
        self.head = FileHead(
            options[b"filename"].decode(errors="replace"),
            None if told is None else told.decode("latin-1"),
        )

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _on_end(self) -> None:
        self._is_whole = True


def _boundary(request: Request) -> bytes:
    if (header(request.scope, b"content-encoding") or "identity").lower() != "identity":
        raise refuse(415, "unsupported_media_type", "the request body must not be compressed")
    kind, options = parse_options_header(header(request.scope, b"content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 70:  # noqa: PLR2004 - RFC 2046
        raise refuse(415, "unsupported_media_type", "the request body must be multipart/form-data")
    return boundary


def _unreadable() -> Refused:
    return refuse(400, "malformed_request", "the form is not readable")


def _fault(code: str, message: str, name: str = FIELD) -> RequestValidationError:
    return RequestValidationError([{"type": code, "loc": ("body", name[:100]), "msg": message}])
