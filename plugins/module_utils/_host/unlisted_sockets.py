# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The owners of a TCP port whose sockets are bound, but neither listen nor are connected: no table lists them.

Only the socket itself knows its port. So each socket that is in no table is duplicated from its process
(``pidfd_getfd``, Linux 5.6 and later) and asked for its name, without any effect on the process.
"""

import contextlib
import ctypes
import os
import socket

from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners

# The same number on every architecture that these hosts have.
PIDFD_OPEN = 434
PIDFD_GETFD = 438


def owners(port):
    """Return the owners of the TCP port, as :func:`port_owners.owners` does; none if the kernel has no pidfd_getfd."""
    listed = _listed_inodes()
    own_network = _network("self")
    found = []
    for pid in (int(name) for name in os.listdir(port_owners.PROC) if name.isdigit()):
        # A process may have ended, or a descriptor been closed, meanwhile.
        with contextlib.suppress(OSError):
            if _network(pid) != own_network:
                continue
            for descriptor, inode in port_owners.socket_descriptors(pid):
                address = None if inode in listed else _address(pid, descriptor, port)
                if address:
                    found.append(port_owners.owner("tcp", address, port, pid))
    return sorted(set(found), key=lambda owner: (owner.address, owner.pid))


def _listed_inodes():
    """Return every word in the tables of sockets that could be an inode; too many do no harm here."""
    words = set()
    for name in ("tcp", "tcp6", "udp", "udp6", "unix", "netlink", "packet", "raw", "raw6"):
        with contextlib.suppress(OSError):
            with open(f"{port_owners.PROC}/net/{name}") as table:
                words.update(table.read().split())
    return words


def _network(pid):
    return os.stat(f"{port_owners.PROC}/{pid}/ns/net").st_ino


def _address(pid, descriptor, port):
    """Return the address of a socket of the process if it is a TCP socket with this port."""
    with contextlib.suppress(OSError):
        with _duplicated(pid, descriptor) as sock:
            name = sock.getsockname()
            kind = sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
            if isinstance(name, tuple) and name[1:2] == (port,) and kind == socket.SOCK_STREAM:
                return name[0]
    return None


@contextlib.contextmanager
def _duplicated(pid, descriptor):
    process = _system_call(PIDFD_OPEN, pid, 0)
    try:
        copy = _system_call(PIDFD_GETFD, process, descriptor, 0)
    finally:
        os.close(process)
    # Python 3.6 does not look up the family; AF_INET6 has room for the name of any.
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 0, fileno=copy) as sock:
        yield sock


def _system_call(*arguments):
    result = ctypes.CDLL(None, use_errno=True).syscall(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
