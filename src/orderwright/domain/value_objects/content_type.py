"""What a file is, by its first bytes: what a client calls it may be wrong, or a lie."""

from __future__ import annotations

from typing import Final

# Enough to tell any of them apart.
HEAD_BYTES: Final = 4096
UNKNOWN: Final = "application/octet-stream"
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
)
_TEXT: Final = "text/plain"
_CONTROLS: Final = frozenset(range(0x20)) - frozenset(b"\t\n\r\f")
_BOM: Final = b"\xef\xbb\xbf"


def sniffed(head: bytes) -> str:
    """The media type that the first bytes are of; `UNKNOWN` if they are of none that we know."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _TEXT if head and _is_text(head) else UNKNOWN


def settled(told: str | None, head: bytes) -> str | None:
    """The media type to keep: what the client told, where the bytes bear it out, or what they are of
    where it told nothing; None when it told something else than they are."""
    found = sniffed(head)
    media_type = (told or "").partition(";")[0].strip().lower()
    if media_type in ("", UNKNOWN):
        return found
    return media_type if media_type == found or _is_kind_of(media_type, found) else None


def _is_kind_of(media_type: str, found: str) -> bool:
    """Office documents are ZIP files, and text has many kinds."""
    if found == "application/zip":
        return media_type.startswith("application/vnd.")
    return found == _TEXT and (media_type.startswith("text/") or media_type == "application/json")


def _is_text(head: bytes) -> bool:
    if any(byte in _CONTROLS for byte in head):
        return False
    try:
        head.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        # The last character may go on beyond the head.
        return error.reason == "unexpected end of data" and error.start > len(head) - 8
    return True
