"""Addresses that settings may name."""

from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit


def is_some_network(text: str) -> bool:
    """Not all addresses there are."""
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False


def is_unheard_by_others(url: str) -> bool:
    """A base address whose traffic is encrypted or does not leave this machine, and with nothing in it
    that does not belong into one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_written_well = url.isprintable() and " " not in url
    is_base = (
        is_written_well and parts.hostname and port != 0 and not (parts.query or parts.fragment)
    )
    return bool(is_base) and "@" not in parts.netloc and _is_unheard(parts)


def _is_unheard(parts: SplitResult) -> bool:
    if parts.scheme == "http":
        return _is_this_machine(parts.hostname or "")
    return parts.scheme == "https"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
