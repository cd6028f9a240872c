from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address


class TrustedProxies:
    """Who really called, and how, if a proxy says so whom we trust; anybody else's word is nothing.

    Proxies append to the list, so it is read from its end, past those we trust.
    """

    def __init__(self, app: ASGIApp, *, networks: Iterable[str]) -> None:
        self._app = app
        self._networks = [ip_network(each) for each in networks]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is not None and self._trusts(peer):
            headers = Headers(scope=scope)
            # No port: the one of the client is nobody's business here.
            scope["client"] = (str(self._client(peer, _hops(headers))), 0)
            scope["scheme"] = _scheme(headers) or scope["scheme"]
        await self._app(scope, receive, send)

    def _client(self, peer: Address, hops: Iterable[str]) -> Address:
        """The nearest address that is not a proxy of ours; where the list makes no sense it ends."""
        nearest = peer
        for hop in hops:
            address = _address(hop)
            if address is None:
                break
            nearest = address
            if not self._trusts(address):
                break
        return nearest

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _hops(headers: Headers) -> Iterator[str]:
    """The nearest first, whether proxies made one list of them or several lines."""
    for line in reversed(headers.getlist("x-forwarded-for")):
        yield from reversed(line.split(","))


def _scheme(headers: Headers) -> str | None:
    """As the nearest proxy was called."""
    said = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
    return said if said in ("http", "https") else None


def _address(text: str) -> Address | None:
    """From any of the forms that proxies write: with a port, or with brackets."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
