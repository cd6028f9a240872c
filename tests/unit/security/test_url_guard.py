from typing import Final

import pytest

from orderwright.domain.interfaces.security import UrlRefused
from orderwright.infrastructure.security.outbound_addresses import why_refused
from orderwright.infrastructure.security.url_guard import OutboundUrls

GUARD: Final = OutboundUrls(frozenset({443, 8443}))

# Each in every form that reaches the machine itself, its network or its cloud from some client.
REFUSED: Final = {
    "loopback": "https://127.0.0.1/",
    "loopback, another": "https://127.200.3.4/",
    "loopback, short": "https://127.1/",
    "loopback, decimal": "https://2130706433/",
    "loopback, hexadecimal": "https://0x7f000001/",
    "loopback, dotted hexadecimal": "https://0x7f.0x0.0x0.0x1/",
    "loopback, octal": "https://0177.0.0.1/",
    "loopback, mixed": "https://0x7f.1/",
    "loopback, trailing dot": "https://127.0.0.1./",
    "loopback, full width": "https://\uff11\uff12\uff17.0.0.1/",
    "loopback, circled": "https://\u2460\u2461\u2466.0.0.1/",
    "loopback, ideographic stops": "https://127\u30020\u30020\u30021/",
    "loopback, percent-encoded": "https://%31%32%37.0.0.1/",
    "loopback by name": "https://localhost/",
    "loopback by name, in capitals": "https://LOCALHOST./",
    "loopback by a name below": "https://app.localhost/",
    "loopback, IPv6": "https://[::1]/",
    "loopback, IPv6 in full": "https://[0:0:0:0:0:0:0:1]/",
    "loopback, IPv4 mapped": "https://[::ffff:127.0.0.1]/",
    "loopback, IPv4 mapped in hexadecimal": "https://[::ffff:7f00:1]/",
    "loopback, IPv4 compatible": "https://[::127.0.0.1]/",
    "loopback, translated": "https://[64:ff9b::7f00:1]/",
    "loopback, translated locally": "https://[64:ff9b:1::7f00:1]/",
    "loopback, in 6to4": "https://[2002:7f00:1::]/",
    "loopback, in Teredo": "https://[2001:0:7f00:1::]/",
    "this network": "https://0.0.0.0/",
    "this network, short": "https://0/",
    "unspecified, IPv6": "https://[::]/",
    "private 10": "https://10.0.0.1/",
    "private 172": "https://172.16.5.4/",
    "private 172, its end": "https://172.31.255.255/",
    "private 192": "https://192.168.1.1/",
    "private, decimal": "https://3232235777/",
    "private, IPv4 mapped": "https://[::ffff:10.0.0.1]/",
    "carrier": "https://100.64.0.1/",
    "metadata": "https://169.254.169.254/latest/meta-data/",
    "metadata, decimal": "https://2852039166/",
    "metadata, hexadecimal": "https://0xa9fea9fe/",
    "metadata, octal": "https://0251.0376.0251.0376/",
    "metadata, IPv4 mapped": "https://[::ffff:a9fe:a9fe]/",
    "metadata, IPv6": "https://[fd00:ec2::254]/",
    "metadata by name": "https://metadata.google.internal/",
    "metadata of the second cloud": "https://168.63.129.16/",
    "metadata of the third cloud": "https://100.100.100.200/",
    "metadata of the fourth cloud": "https://192.0.0.192/",
    "link-local, IPv6": "https://[fe80::1]/",
    "link-local, IPv6 with a zone": "https://[fe80::1%25eth0]/",
    "unique local": "https://[fc00::1]/",
    "site-local": "https://[fec0::1]/",
    "multicast": "https://224.0.0.1/",
    "multicast, IPv6": "https://[ff02::1]/",
    "broadcast": "https://255.255.255.255/",
    "reserved": "https://240.0.0.1/",
    "benchmarks": "https://198.18.0.1/",
    "documentation": "https://203.0.113.7/",
    "documentation, IPv6": "https://[2001:db8::1]/",
    "6to4 relay": "https://192.88.99.1/",
    "segment routing": "https://[5f00::1]/",
    "not encrypted": "http://hooks.example.com/",
    "another scheme": "gopher://hooks.example.com/",
    "a file": "file:///etc/passwd",
    "another port": "https://hooks.example.com:6379/",
    "a user": "https://hooks.example.com@93.184.215.14/",
    "a password": "https://user:secret@hooks.example.com/",
    "a fragment": "https://hooks.example.com/#@127.0.0.1/",
    "a backslash": "https://hooks.example.com\\@127.0.0.1/",
    "a tab": "https://127.0.0.1\t.example.com/",
    "a line break": "https://hooks.example.com/\r\nHost: localhost",
    "no host": "https:///path",
    "no URL": "hooks.example.com",
    "nothing": "",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_sent_to(url: str) -> None:
    with pytest.raises(UrlRefused):
        GUARD.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/orders?shop=7",
        "https://hooks.example.com:8443/",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_the_open_internet_may_be_told(url: str) -> None:
    GUARD.check(url)


def test_development_may_name_its_own_machine_but_no_other_scheme() -> None:
    local = OutboundUrls(frozenset({443}), local_too=True)

    local.check("http://127.0.0.1:8080/hooks")

    with pytest.raises(UrlRefused):
        local.check("ftp://127.0.0.1/hooks")


def test_what_the_standard_library_calls_global_is_refused_all_the_same() -> None:
    lies = [
        "64:ff9b::1",
        "64:ff9b:1::1",
        "2002::1",
        "192.0.0.8",
        "224.0.0.1",
        "ff0e::1",
        "::7f00:1",
    ]

    assert [address for address in lies if why_refused(address) is None] == []
