"""Which network address a host's name may stand for: a public one, unless a person named a private host.

A name is looked up once and its addresses are kept, so that a later answer of its name server can't lead
elsewhere.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Lookup = Callable[[str], list[str]]
_NAT64 = ip_network("64:ff9b::/96")


class RefusedHost(Exception):
    """A host isn't asked; the message says why."""


class Hosts:
    """The addresses of hosts, looked up once.

    Args:
        private: names of hosts that may have a private address.
        lookup: the addresses of a name; raises OSError.
    """

    def __init__(self, private: Collection[str] = (), lookup: Lookup | None = None) -> None:
        self._private = frozenset(name.lower().rstrip(".") for name in private)
        self._lookup = lookup or _addresses
        self._known: dict[str, tuple[str, ...]] = {}

    def addresses(self, host: str) -> tuple[str, ...]:
        """The IP addresses of a host, as text.

        Raises:
            RefusedHost: it has none, or a private one that its name doesn't show.
        """
        if host not in self._known:
            self._known[host] = self._checked(host)
        return self._known[host]

    def _checked(self, host: str) -> tuple[str, ...]:
        if _ip(host) is not None:
            return (host,)
        try:
            found = tuple(dict.fromkeys(self._lookup(host)))
        except OSError as error:
            raise RefusedHost(f"{host} can't be found: {error.strerror or error}") from None
        is_named = host in self._private or host == "localhost" or host.endswith(".localhost")
        private = [address for address in found if not is_public(address)]
        if private and not is_named:
            raise RefusedHost(
                f"{host} has the private address {private[0]}; name the host in "
                "SAYWHERE_SITES__PRIVATE_HOSTS if it is meant"
            )
        if not found:
            raise RefusedHost(f"{host} has no address")
        return found


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network, that of IPv4 inside IPv6 too.

    >>> [is_public(a) for a in ("10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "9.9.9.9")]
    [False, False, False, True]
    """
    ip = _ip(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip is not None and ip.is_global and not ip.is_multicast


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for _family, _type, _protocol, _name, address in found]
