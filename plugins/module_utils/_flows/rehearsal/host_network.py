# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network of the host, read from the kernel, and a copy of it in a network namespace.

Each interface of the copy has the name, index, hardware address, addresses and routes of the host's, and is one end of a
veth pair. What is sent into the other end, its *outside*, arrives as from the network. No neighbour is looked up:
all packets that the copy sends appear at the outside.
"""

import collections
import contextlib
import struct
import time

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import netlink
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import reason

# links: [Link]; addresses, routes, rules: messages as the kernel lists them
Network = collections.namedtuple("Network", "links addresses routes rules")
Link = collections.namedtuple("Link", "index name hardware is_loopback")

MOST_LINKS, MOST_ROUTES = 400, 4000
OUTSIDE = "outside{}"  # the name of an outside, by the index of its interface
_OUTSIDES = 1 << 24  # makes an index that of the outside: far from the indexes of the host's interfaces
_PATIENCE, _PAUSE = 5.0, 0.002  # seconds, on a machine that is very busy

# rtnetlink(7) and if_link.h
_NEW_LINK, _GET_LINK, _NEW_ADDRESS, _GET_ADDRESS, _NEW_ROUTE, _GET_ROUTE, _NEW_RULE, _GET_RULE = 16, 18, 20, 22, 24, 26, 32, 34
_LINK, _ADDRESS, _ROUTE = struct.Struct("=BxHiII"), struct.Struct("=BBBBi"), struct.Struct("=BBBBBBBBI")
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_KIND, _IFLA_DATA, _PEER = 1, 3, 18, 1, 2, 1
_IFLA_OPERSTATE, _OPERATIONAL = 16, b"\6"  # IF_OPER_UP
_UP, _LOOPBACK, _NO_ARP = 0x1, 0x8, 0x80
_IFA_ADDRESS, _IFA_LOCAL, _IFA_CACHEINFO, _IFA_FLAGS = 1, 2, 6, 8
_NO_DAD, _NO_PREFIX_ROUTE = 0x02, 0x200
_FRA_PRIORITY = 6
_RTA_DESTINATION, _RTA_CACHEINFO, _RTA_NEXTHOP_ID, _RTA_EXPIRES = 1, 12, 30, 23
_AF_INET6, _IP6_LENGTH = 10, 16
_LOCAL = 2  # RTN_LOCAL
_UNICAST_TYPES = (1, 6, 7, 8, 9)  # unicast, blackhole, unreachable, prohibit, throw
_CLONED, _ON_LINK = 0x200, 0x4
_KERNEL = 2  # RTPROT_KERNEL: the kernel makes these routes by itself, with the addresses

_SETTINGS = "/proc/sys/net/{}"
# Routes decide through which interface a packet comes, so filtering by them can judge nothing.
_ROUTING = {
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv4/ip_forward": "1",
    "ipv6/conf/all/disable_ipv6": "0",
    "ipv6/conf/default/disable_ipv6": "0",
    "ipv6/conf/all/forwarding": "1",
}
# The copy is silent, and makes no addresses of its own, which would keep the kernel busy for up to a second.
_QUIET = {
    "ipv6/conf/all/accept_dad": "0",
    "ipv6/conf/default/accept_dad": "0",
    "ipv6/conf/default/addr_gen_mode": "1",
    "ipv6/conf/default/accept_ra": "0",
    "ipv6/conf/default/router_solicitations": "0",
}


def read():
    """Return the Network of this host; raise NotRehearsed if the kernel does not tell it, or it is too large."""
    try:
        network = _network()
    except OSError as error:
        raise NotRehearsed(f"the kernel does not tell the network of this host ({error.strerror})")
    if len(network.links) > MOST_LINKS or len(network.routes) > MOST_ROUTES:
        raise NotRehearsed(
            f"this host has {len(network.links)} interfaces and {len(network.routes)} routes, more than are copied"
            f" ({MOST_LINKS}, {MOST_ROUTES})"
        )
    return network


def _network():
    with contextlib.closing(netlink.Netlink(netlink.ROUTE)) as kernel:
        links = [_link(content) for content in kernel.dump(_GET_LINK, _LINK.pack(0, 0, 0, 0, 0))]
        return Network(
            links=[link for link in links if link is not None],
            addresses=kernel.dump(_GET_ADDRESS, _ADDRESS.pack(0, 0, 0, 0, 0)),
            routes=[found for found in kernel.dump(_GET_ROUTE, _ROUTE.pack(*[0] * 9)) if _is_copied(found)],
            rules=kernel.dump(_GET_RULE, _ROUTE.pack(*[0] * 9)),
        )


def copy(network):
    """Make the copy in the network namespace of this process."""
    for setting, value in _ROUTING.items():
        try:
            _set(setting, value)
        except OSError as error:
            raise NotRehearsed(f"the setting {setting} of a network cannot be changed here ({reason(error)})")
    for setting, value in _QUIET.items():
        with contextlib.suppress(OSError):  # what is not silent is not among the packets that are sent
            _set(setting, value)
    kernel = netlink.Netlink(netlink.ROUTE)
    try:
        for link in network.links:
            _make(kernel, link)
        _await(kernel, _connected, {link.index for link in network.links if not link.is_loopback})
        made = {_destination(content) for content in network.addresses if _attempt(kernel, _NEW_ADDRESS, _address(content))}
        _await(kernel, _accepted, {address for address in made if len(address) == _IP6_LENGTH})
        for content in network.rules:
            _attempt(kernel, _NEW_RULE, _rule(content), netlink.EXCLUSIVE)
        # A route through a gateway can be added only after the one by which its gateway is reached.
        left = [(_NEW_ROUTE, _route(content)) for content in network.routes]
        while left:
            refused = [each for each in left if not _attempt(kernel, *each)]
            left = refused if len(refused) < len(left) else []
    finally:
        kernel.close()


def _set(setting, value):
    """Change a setting of the network namespace of this process, if it is not as it should be."""
    path = _SETTINGS.format(setting)
    with contextlib.suppress(FileNotFoundError):  # a kernel without this protocol: nothing of it is rehearsed then
        with open(path, encoding="ascii") as file:
            is_set = file.read().strip() == value
        # Where it cannot be written, it may be right all the same.
        if not is_set:
            with open(path, "w", encoding="ascii") as file:
                file.write(value)


def _link(content):
    _family, _kind, index, flags, _change = _LINK.unpack_from(content)
    attributes = dict(netlink.unpack(content[_LINK.size :]))
    if not flags & _UP:
        return None
    name = attributes[_IFLA_IFNAME].rstrip(b"\0").decode("utf-8", "surrogateescape")
    hardware = attributes.get(_IFLA_ADDRESS, b"")
    is_unicast = len(hardware) == 6 and any(hardware) and not hardware[0] & 1
    return Link(index, name, hardware if is_unicast else None, bool(flags & _LOOPBACK))


def _make(kernel, link):
    """Make an interface, with its outside, and switch both on."""
    if link.is_loopback:
        if link.index == 1:
            kernel.change(_NEW_LINK, 0, _LINK.pack(0, 0, 1, _UP, _UP))
        return
    outside = (_IFLA_IFNAME, OUTSIDE.format(link.index).encode() + b"\0")
    attributes = [(_IFLA_IFNAME, link.name.encode("utf-8", "surrogateescape") + b"\0")]
    if link.hardware:
        attributes.append((_IFLA_ADDRESS, link.hardware))
    peer = (_PEER, _LINK.pack(0, 0, link.index | _OUTSIDES, 0, 0) + netlink.pack([outside]))
    attributes.append(netlink.nested(_IFLA_LINKINFO, [(_IFLA_KIND, b"veth"), netlink.nested(_IFLA_DATA, [peer])]))
    on = _UP | _NO_ARP
    try:
        kernel.change(_NEW_LINK, netlink.CREATE, _LINK.pack(0, 0, link.index, 0, 0) + netlink.pack(attributes))
        kernel.change(_NEW_LINK, 0, _LINK.pack(0, 0, 0, on, on) + netlink.pack([outside]))
        kernel.change(_NEW_LINK, 0, _LINK.pack(0, 0, link.index, on, on))
    except OSError as error:
        raise NotRehearsed(f"interface {link.name} cannot be copied ({reason(error)})")


def _await(kernel, there, wanted):
    """Wait until all that is wanted is there: the kernel connects interfaces, and accepts IPv6 addresses, some time later.

    Until then, it drops without a trace what comes to them, so that filters would be judged by nothing.
    """
    deadline = time.monotonic() + _PATIENCE
    while not wanted <= there(kernel):
        if time.monotonic() > deadline:
            raise NotRehearsed(f"the kernel is not done with a copy of the network within {_PATIENCE:g} s")
        time.sleep(_PAUSE)


def _connected(kernel):
    """Return the indexes of interfaces that are connected, and whose outsides are."""
    contents = kernel.dump(_GET_LINK, _LINK.pack(0, 0, 0, 0, 0))
    states = {_LINK.unpack_from(content)[2]: dict(netlink.unpack(content[_LINK.size :])).get(_IFLA_OPERSTATE) for content in contents}
    return {index for index, state in states.items() if state == states.get(index | _OUTSIDES) == _OPERATIONAL}


def _accepted(kernel):
    """Return the IPv6 addresses to which packets are accepted, as bytes."""
    contents = kernel.dump(_GET_ROUTE, _ROUTE.pack(_AF_INET6, *[0] * 8))
    found = [content for content in contents if _ROUTE.unpack_from(content)[7] == _LOCAL]
    return {dict(netlink.unpack(content[_ROUTE.size :])).get(_RTA_DESTINATION) for content in found}


def _destination(content):
    """Return the address of a message about an address, as bytes."""
    attributes = dict(netlink.unpack(content[_ADDRESS.size :]))
    return attributes.get(_IFA_LOCAL) or attributes.get(_IFA_ADDRESS) or b""


def _attempt(kernel, kind, content, flags=0):
    """Have something made, and return whether it is there; what cannot be copied is not needed for most packets."""
    try:
        kernel.change(kind, netlink.CREATE | flags, content)
    except FileExistsError:
        pass
    except OSError:
        return False
    return True


def _address(content):
    family, length, flags, scope, index = _ADDRESS.unpack_from(content)
    attributes = dict(netlink.unpack(content[_ADDRESS.size :]))
    (more,) = struct.unpack("=I", attributes.pop(_IFA_FLAGS, struct.pack("=I", flags)))
    attributes.pop(_IFA_CACHEINFO, None)
    attributes[_IFA_FLAGS] = struct.pack("=I", more & _NO_PREFIX_ROUTE | _NO_DAD)
    return _ADDRESS.pack(family, length, _NO_DAD, scope, index) + netlink.pack(sorted(attributes.items()))


def _rule(content):
    """Return a rule of routing with its priority: the kernel does not list 0, and would take another one for none."""
    attributes = netlink.unpack(content[_ROUTE.size :])
    has_priority = any(kind == _FRA_PRIORITY for kind, _value in attributes)
    return content if has_priority else content + netlink.pack([(_FRA_PRIORITY, struct.pack("=I", 0))])


def _is_copied(content):
    *_start, protocol, _scope, kind, flags = _ROUTE.unpack_from(content)
    return kind in _UNICAST_TYPES and protocol != _KERNEL and not flags & _CLONED


def _route(content):
    *start, flags = _ROUTE.unpack_from(content)
    kept = [
        (kind, value)
        for kind, value in netlink.unpack(content[_ROUTE.size :])
        if kind not in (_RTA_CACHEINFO, _RTA_NEXTHOP_ID, _RTA_EXPIRES)
    ]
    return _ROUTE.pack(*start, flags & _ON_LINK) + netlink.pack(kept)
