# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection tracking made to forget, so that no packet passes as the reply to an earlier one."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from .namespaces import inside

_NETLINK_NETFILTER = 12
_DELETE_CONNECTION = 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE: without a tuple it means all
_REQUEST_ACKNOWLEDGED = 1 | 4


def forget_connections(namespace: Path) -> None:
    """Delete all connections that a namespace's kernel remembers."""
    header = struct.pack("=IHHII", 20, _DELETE_CONNECTION, _REQUEST_ACKNOWLEDGED, 1, 0)
    about_any_family = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0)
    with inside(namespace), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.send(header + about_any_family)
        (status,) = struct.unpack_from("=i", kernel.recv(4096), 16)
    if status:
        raise OSError(-status, f"{namespace}: {os.strerror(-status)}")
