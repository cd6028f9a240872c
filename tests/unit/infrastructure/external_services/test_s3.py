"""Files in a bucket: signed as Amazon's own examples are, and sent with their hash."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orderwright.domain.entities.attachment import AttachmentUnavailable
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner
from orderwright.infrastructure.external_services.attachments_s3 import S3Storage
from orderwright.infrastructure.external_services.s3_signing import S3Keys

NOW = datetime(2013, 5, 24, tzinfo=UTC)
# The account and the signatures that Amazon documents Signature Version 4 with.
KEYS = S3Keys(
    access_key="AKIAIOSFODNN7EXAMPLE",
    secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region="us-east-1",
)


def test_a_get_is_signed_as_in_the_documented_example() -> None:
    signed = KEYS.signed(
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        now=NOW,
        headers={"Range": "bytes=0-9"},
    )

    assert signed["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_a_put_is_signed_as_in_the_documented_example() -> None:
    signed = KEYS.signed(
        "PUT",
        "https://examplebucket.s3.amazonaws.com/test%24file.text",
        now=NOW,
        sha256=hashlib.sha256(b"Welcome to Amazon S3.").hexdigest(),
        headers={
            "Date": "Fri, 24 May 2013 00:00:00 GMT",
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
    )

    assert signed["authorization"].endswith(
        "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )


class Bucket(ThreadingHTTPServer):
    """As much of S3 as is asked for; it takes nothing that is not what its hash says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Objects)
        self.objects: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/papers"


class _Objects(BaseHTTPRequestHandler):
    server: Bucket

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        whole = hashlib.sha256(body).hexdigest() == self.headers["x-amz-content-sha256"]
        if whole:
            self.server.objects[self.path] = body
        self._answer(200 if whole else 400)

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    def do_DELETE(self) -> None:
        self._answer(204 if self.server.objects.pop(self.path, None) is not None else 404)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


async def test_a_file_goes_to_the_bucket_and_comes_back(bucket: Bucket, tmp_path: Path) -> None:
    file = bytes(range(256)) * 4096
    threads = ThreadRunner("tested", threads=1, waiting_max=10)
    storage = S3Storage(bucket.url, KEYS, spool_folder=tmp_path, threads=threads, now=lambda: NOW)

    async with storage.receive("f-1") as incoming:
        for start in range(0, len(file), 100_000):
            await incoming.write(file[start : start + 100_000])
        assert await incoming.finish() == hashlib.sha256(file).hexdigest()

    assert bucket.objects == {"/papers/f-1": file}
    assert b"".join([piece async for piece in await storage.read("f-1")]) == file
    assert list(tmp_path.iterdir()) == []
    for _ in range(2):
        await storage.remove("f-1")
    with pytest.raises(AttachmentUnavailable):
        await storage.read("f-1")
    assert bucket.objects == {}
    await storage.close()
    threads.close()


async def test_a_bucket_that_is_not_there_keeps_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    threads = ThreadRunner("tested", threads=1, waiting_max=10)
    storage = S3Storage(
        "http://127.0.0.1:9/papers", KEYS, spool_folder=tmp_path, threads=threads, now=lambda: NOW
    )

    with pytest.raises(AttachmentUnavailable):
        async with storage.receive("f-1") as incoming:
            await incoming.write(b"some text")
            await incoming.finish()

    assert list(tmp_path.iterdir()) == []
    await storage.close()
    threads.close()
