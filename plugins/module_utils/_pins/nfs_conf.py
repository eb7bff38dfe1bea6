# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins in nfs.conf(5), which the daemons of nfs-utils 2.1 and later read.

Two generations: since 2.5.3 the drop-ins in :file:`/etc/nfs.conf.d` are read too and the last word wins; before, there
is one file and the *first* word wins.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks
from ansible_collections.fleet.ports.plugins.module_utils._host.marked_blocks import Block

FILE = "/etc/nfs.conf"

# Its name makes it the last one that is read.
DROP_IN = "/etc/nfs.conf.d/zz-fleet.ports.conf"

# [lockd] is what rpc.statd (and nfsdctl) tell the kernel when they start.
OPTIONS = (("mountd", ("port",)), ("lockd", ("port", "udp-port")), ("statd", ("port",)))


def drop_in(pins):
    """Return the block for the generation with drop-ins."""
    return [Block(DROP_IN, marked_blocks.put_last, _text(pins))]


def main_file(pins):
    """Return the block for the generation with one file."""
    return [Block(FILE, marked_blocks.put_first, _text(pins))]


def _text(pins):
    lines = []
    for daemon, options in OPTIONS:
        if daemon in pins:
            lines += [f"[{daemon}]"] + [f"{option}={pins[daemon]}" for option in options]
    return "".join(line + "\n" for line in lines)
