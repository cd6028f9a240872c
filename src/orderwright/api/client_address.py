"""Who calls, as far as the network tells."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from starlette.requests import Request

# What one household or one rented server is given: its 2^64 addresses are one caller.
IPV6_PREFIX: Final = 64
UNKNOWN: Final = "unknown"


def client_network(request: Request) -> str:
    """The IPv4 address or the IPv6 network behind trusted proxies; the same for one caller."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:  # a Unix socket, or a test
        return UNKNOWN
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    without_zone = int(address)
    return str(IPv6Network((without_zone, IPV6_PREFIX), strict=False))
