# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins in the shell variables from which nfs-utils 1.3 takes the options of its daemons.

The files are read by a shell, so a block at the end adds to what stands above it, and the daemons let the last option
win. They are read by ``nfs-config.service`` (or an init script) before each start of a daemon.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host import marked_blocks
from ansible_collections.fleet.ports.plugins.module_utils._host.marked_blocks import Block

SERVER_DEFAULTS = "/etc/default/nfs-kernel-server"
COMMON_DEFAULTS = "/etc/default/nfs-common"
SYSCONFIG = "/etc/sysconfig/nfs"


def defaults(pins):
    """Return the blocks for Debian's and Ubuntu's packages; it is rpc.statd that tells lockd its ports."""
    options = []
    if "statd" in pins:
        options.append(f"--port {pins['statd']}")
    if "lockd" in pins:
        options.append(f"--nlm-port {pins['lockd']} --nlm-udp-port {pins['lockd']}")
    blocks = [Block(COMMON_DEFAULTS, marked_blocks.put_last, _more("STATDOPTS", " ".join(options)))] if options else []
    if "mountd" in pins:
        text = _more("RPCMOUNTDOPTS", f"--port {pins['mountd']}")
        blocks.append(Block(SERVER_DEFAULTS, marked_blocks.put_last, text))
    return blocks


def sysconfig(pins):
    """Return the block for Red Hat's package."""
    text = ""
    if "mountd" in pins:
        text += _more("RPCMOUNTDOPTS", f"--port {pins['mountd']}")
    if "statd" in pins:
        text += _more("STATDARG", f"--port {pins['statd']}")
    if "lockd" in pins:
        text += f"LOCKD_TCPPORT={pins['lockd']}\nLOCKD_UDPPORT={pins['lockd']}\n"
    return [Block(SYSCONFIG, marked_blocks.put_last, text)]


def _more(variable, options):
    return f'{variable}="${variable} {options}"\n'
