"""Where requests may go that others have us send: judged by the text of the address, and again, for
good, by where each connection is about to lead."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Final

import httpx2

from orderwright.domain.interfaces.security import UrlRefused
from orderwright.infrastructure.security.outbound_addresses import why_refused

# No escapes and no zones: what reads them differently is what attacks are made of.
_HOST: Final = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
_PORT_MAX: Final = 65_535
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# Names that some resolvers answer although nobody owns them.
_LOCAL_NAMES: Final = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")


@dataclass(frozen=True, slots=True)
class OutboundUrls:
    """`local_too` is for development: http, every port, and addresses of this machine and network."""

    ports: frozenset[int]
    local_too: bool = False

    def check(self, url: str) -> None:
        """Raises: UrlRefused."""
        parsed = _parsed(url)
        if parsed.scheme != "https" and not (self.local_too and parsed.scheme == "http"):
            raise UrlRefused("the URL must begin with https://")
        if parsed.userinfo or parsed.fragment:
            raise UrlRefused("the URL must have no user, password or fragment")
        port = parsed.port
        self.check_port(_DEFAULT_PORTS[parsed.scheme] if port is None else port)
        self._check_host(parsed.raw_host.decode())

    def check_port(self, port: int) -> None:
        """Raises: UrlRefused."""
        if not 0 < port <= _PORT_MAX:
            raise UrlRefused("the URL names no port that there is")
        if port not in self.ports and not self.local_too:
            allowed = ", ".join(map(str, sorted(self.ports)))
            raise UrlRefused(f"nothing is sent to port {port}, only to {allowed}")

    def check_address(self, address: str) -> None:
        """Raises: UrlRefused."""
        why = None if self.local_too else why_refused(address)
        if why is not None:
            raise UrlRefused(f"nothing is sent to that address: {why}")

    def _check_host(self, host: str) -> None:
        if not _HOST.fullmatch(host.lower()):
            raise UrlRefused("the URL names no host that is well formed")
        if not self.local_too and _is_local_name(host):
            raise UrlRefused("nothing is sent to a name of this machine or network")
        for address in _written_out(host):
            self.check_address(address)


def _parsed(url: str) -> httpx2.URL:
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise UrlRefused("the URL must be written in visible ASCII, without backslashes")
    try:
        return httpx2.URL(url)
    except httpx2.InvalidURL:
        raise UrlRefused("the URL cannot be read") from None


def _is_local_name(host: str) -> bool:
    name = f".{host.lower().rstrip('.')}"
    return name.endswith(_LOCAL_NAMES)


def _written_out(host: str) -> list[str]:
    """The addresses of a host that is none by name, in every way in which C libraries read one, such as
    `0x7f.1` or `2130706433`; asks nobody."""
    try:
        found = socket.getaddrinfo(
            host.strip("[]").rstrip("."), None, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_, address in found]
