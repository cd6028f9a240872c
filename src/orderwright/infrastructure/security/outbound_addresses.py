"""Which addresses somebody else may have us call: those of the open internet and no others.

`ipaddress.is_global` is no answer. On Python 3.11 to 3.13 it is true of multicast, of NAT64 and 6to4
addresses, which carry a private IPv4 address in them, and more, so the ranges are written out here.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network

_REFUSED: Final[tuple[tuple[str, str], ...]] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carriers, and metadata of a cloud"),
    ("127.0.0.0/8", "this machine"),
    ("168.63.129.16/32", "metadata of a cloud"),
    ("169.254.0.0/16", "link-local, and metadata of clouds"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments, and metadata of a cloud"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarks"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, and broadcast"),
    ("2001::/23", "protocol assignments, and Teredo, which carries an IPv4 address"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4, which carries an IPv4 address"),
    ("3fff::/20", "documentation"),
)
_REFUSED_NETWORKS: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(text), why) for text, why in _REFUSED
)
# All of IPv6 that is handed out; around it lie ::1, mapped and translated IPv4, fc00::/7, fe80::/10 ...
_GLOBAL_UNICAST: Final = ip_network("2000::/3")


def why_refused(address: str) -> str | None:
    """In a few words; None for an address of the open internet."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "no address"
    if isinstance(parsed, IPv6Address) and not _is_global_unicast(parsed):
        return "no global unicast address"
    return _special(parsed)


def _is_global_unicast(address: IPv6Address) -> bool:
    return address.scope_id is None and address in _GLOBAL_UNICAST


def _special(address: IPv4Address | IPv6Address) -> str | None:
    for network, why in _REFUSED_NETWORKS:
        if network.version == address.version and address in network:
            return why
    return None
