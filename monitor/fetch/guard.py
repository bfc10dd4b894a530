"""Which addresses may be contacted: judged on the number about to be connected to, after all name resolution."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache

from aiohttp import AddrInfoType

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
OpenSocket = Callable[[AddrInfoType], socket.socket]

# Where clouds answer with the machine's own credentials: most of them, then Alibaba, Azure, and AWS over IPv6.
_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"))
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215: where the IPv4 address stands is the site's secret
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, deprecated: the last 32 bits are an IPv4 address
_REFUSED_V6 = (_NAT64_LOCAL, ipaddress.IPv6Network("fec0::/10"))  # the latter: site-local, RFC 3879

# What the system takes in ahead of us on one connection; left to itself it lets a server that pours send megabytes of
# what will be thrown away. Linux doubles it; that much in 0.2 s of a way to the antipodes and back is 1 MB a second.
_WINDOW = 128 << 10  # bytes


class Reach(Enum):
    """How far a connection may reach."""

    PUBLIC = "public"  # the public Internet only
    PRIVATE = "private"  # also the site's own networks and this machine
    PROXY = "proxy"  # whatever the site named as its proxy


class AddressRefusedError(OSError):
    """A connection that was not made. An OSError, so that aiohttp takes it as a failed attempt."""

    def __init__(self, address: str, why: str) -> None:
        # No address in the text: several refused addresses of one name count as one error with one text.
        super().__init__(f"the name leads to {why}")
        self.address = address
        self.why = why


@lru_cache(maxsize=4096)
def why_refused(address: str, reach: Reach) -> str:
    """Why a numeric address may not be contacted, in words; "" when it may.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) is judged as well: it is where the
    packets may end.
    """
    if reach is Reach.PROXY:
        return ""
    for inner in _unwrapped(ipaddress.ip_address(address.partition("%")[0])):
        why = _why_refused(inner, reach)
        if why:
            return why
    return ""


@lru_cache(maxsize=4096)
def literal(host: str) -> str:
    """The address that a URL's host is, however it is spelled, or "" for a name.

    Resolvers read 2852039166, 0xa9.254.169.254 and 169.254.43518 as inet_aton(3) does, and "localhost" is this
    machine everywhere (RFC 6761).
    """
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else ""
    except (OSError, ValueError):
        return ""


def guarded(reach: Reach, open_socket: OpenSocket) -> OpenSocket:
    """A maker of sockets for aiohttp's connector that refuses before a socket exists.

    aiohttp calls it with the very address it is going to connect to, for names and for numbers, on every attempt: a
    name that resolves to something else a second later (DNS rebinding) gains nothing.
    """

    def make(info: AddrInfoType) -> socket.socket:
        address = str(info[4][0])
        why = why_refused(address, reach)
        if why:
            raise AddressRefusedError(address, why)
        made = open_socket(info)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        return made

    return make


def plain_socket(info: AddrInfoType) -> socket.socket:
    """What asyncio itself would make."""
    family, kind, protocol = info[:3]
    return socket.socket(family=family, type=kind, proto=protocol)


def _why_refused(address: Address, reach: Reach) -> str:
    if address in _METADATA:
        return "a cloud's metadata address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_unspecified:
        return "no address at all"
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _REFUSED_V6):
        return "a reserved address"
    if address.is_loopback:
        return "" if reach is Reach.PRIVATE else "this machine"
    if address.is_reserved:
        return "a reserved address"
    if not address.is_global:  # RFC 1918, unique local, carrier-grade NAT (100.64.0.0/10), documentation, benchmarks
        return "" if reach is Reach.PRIVATE else "an address that is not public"
    return ""


def _unwrapped(address: Address) -> Iterator[Address]:
    """The IPv4 addresses inside an IPv6 one if it is nothing but their wrapping, else the address and those inside."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped or address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        yield last
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
