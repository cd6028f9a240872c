"""The connection leads to an address; the certificate is that of the name all the same."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orderwright.infrastructure.security.pinned_network import PinnedNetwork, pinned_transport
from orderwright.infrastructure.security.url_guard import OutboundUrls

ANSWER = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"


@pytest.mark.parametrize(("certified", "taken"), [("hooks.test", True), ("other.test", False)])
async def test_only_the_certificate_of_the_name_is_taken(
    *, certified: str, taken: bool, tmp_path: Path
) -> None:
    file = _certificate(certified, tmp_path)
    names: list[str | None] = []
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(file)
    here.sni_callback = lambda _socket, name, _context: names.append(name)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=here)
    port = server.sockets[0].getsockname()[1]
    network = PinnedNetwork(OutboundUrls(frozenset(), local_too=True), _to_this_machine)
    trusting = ssl.create_default_context(cafile=str(file))

    async with httpx2.AsyncClient(
        transport=pinned_transport(network, connections_max=1, tls=trusting)
    ) as client:
        if taken:
            response = await client.post(f"https://hooks.test:{port}/")
            assert response.status_code == 204
        else:
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await client.post(f"https://hooks.test:{port}/")
    server.close()

    assert names == ["hooks.test"]


async def _to_this_machine(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


def _certificate(host: str, directory: Path) -> Path:
    """With its key in one file; it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{host}.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    return file
