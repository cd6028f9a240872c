"""What a file is called and what it is: neither is believed as it is told."""

import pytest

from orderwright.domain.value_objects.content_type import settled, sniffed
from orderwright.domain.value_objects.filename import CHARS_MAX, clean_filename


@pytest.mark.parametrize(
    ("told", "clean"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\photo.png", "photo.png"),
        ("a\x00b\r\nSet-Cookie: c.txt", "abSet-Cookie c.txt"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("  .hidden.  ", "hidden"),
        ("a  \t b.txt", "a b.txt"),
        ("e\u0301t\u00e9.txt", "\u00e9t\u00e9.txt"),
        ("..", "file"),
        ("", "file"),
        ("x" * 500 + ".pdf", "x" * (CHARS_MAX - 4) + ".pdf"),
        ("x." + "y" * 500, "x." + "y" * (CHARS_MAX - 2)),
    ],
)
def test_a_name_is_safe_to_show_and_to_save_under(told: str, clean: str) -> None:
    assert clean_filename(told) == clean


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"a;b\r\n1;2\r\n", "text/plain"),
        ("\ufeffé".encode(), "text/plain"),
        ("é".encode()[:1], "text/plain"),  # the rest comes later
        (b"\xe9t\xe9 in Latin-1 ........", "application/octet-stream"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_first_bytes_say_what_it_is(head: bytes, media_type: str) -> None:
    assert sniffed(head) == media_type


@pytest.mark.parametrize(
    ("told", "head", "media_type"),
    [
        ("image/PNG; x=1", b"\x89PNG\r\n\x1a\n", "image/png"),
        (None, b"GIF89a", "image/gif"),
        ("application/octet-stream", b"%PDF-1", "application/pdf"),
        ("text/csv", b"a,b", "text/csv"),
        ("application/vnd.ms-excel.x", b"PK\x03\x04", "application/vnd.ms-excel.x"),
        ("image/png", b"GIF89a", None),
        ("text/plain", b"PK\x03\x04", None),
    ],
)
def test_what_a_client_tells_holds_only_where_the_bytes_bear_it_out(
    told: str | None, head: bytes, media_type: str | None
) -> None:
    assert settled(told, head) == media_type
