# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins in the configuration that the installed nfs-utils reads.

What it reads is looked up in the installed program, not inferred from the name or version of the distribution: a
release that reads :file:`/etc/nfs.conf` contains this path, and one that also reads the drop-ins beside it contains the
name of the function that reads them.

==============  =================  ====================================================================
mechanism       nfs-utils          what it reads
==============  =================  ====================================================================
``nfs.conf.d``  2.5.3 and later    drop-ins in :file:`/etc/nfs.conf.d`; the last entry wins
``nfs.conf``    2.1 to 2.5.2       :file:`/etc/nfs.conf` only; the *first* entry wins
``defaults``    1.3, Debian        shell variables in :file:`/etc/default/nfs-*`
``sysconfig``   1.3, Red Hat       shell variables in :file:`/etc/sysconfig/nfs`
==============  =================  ====================================================================

A shell reads the files of variables before each start of a daemon (``nfs-config.service``, or an init script), so a
block at the end extends the variables set above it; of several options of the same name, the daemons use the last.
"""

import collections
import os

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_blocks
from ansible_collections.fleet.ports.plugins.module_utils._host.marked_blocks import Block

PROGRAMS = ("/usr/sbin/rpc.statd", "/sbin/rpc.statd", "/usr/sbin/rpc.mountd", "/sbin/rpc.mountd")

READS_NFS_CONF = b"/etc/nfs.conf"
READS_DROP_INS = b"conf_init_dir"

NFS_CONF = "/etc/nfs.conf"
# Its name makes it the last one that is read.
DROP_IN = "/etc/nfs.conf.d/zz-fleet.ports.conf"
SERVER_DEFAULTS = "/etc/default/nfs-kernel-server"
COMMON_DEFAULTS = "/etc/default/nfs-common"
SYSCONFIG = "/etc/sysconfig/nfs"

# rpc.statd (or nfsdctl) tells the kernel what is in [lockd] when it starts.
SECTIONS = (("mountd", ("port",)), ("lockd", ("port", "udp-port")), ("statd", ("port",)))

# ``blocks`` maps pins (``{daemon: port}``) to the marked_blocks.Block objects that configure them; ``refresh`` names a
# unit that must run before a daemon is restarted, or is None.
Mechanism = collections.namedtuple("Mechanism", "name blocks refresh")


def find():
    """Return the mechanism of this host, or None if no NFS daemon is installed."""
    installed = [path for path in PROGRAMS if os.path.exists(path)]
    if not installed:
        return None
    program = atomic_file.read(installed[0])
    if READS_NFS_CONF in program:
        if READS_DROP_INS in program:
            return Mechanism("nfs.conf.d", drop_in, None)
        return Mechanism("nfs.conf", main_file, None)
    if os.path.exists(COMMON_DEFAULTS):
        return Mechanism("defaults", defaults, "nfs-config.service")
    return Mechanism("sysconfig", sysconfig, "nfs-config.service")


def drop_in(pins):
    """Return the block for releases that read drop-ins."""
    return [Block(DROP_IN, marked_blocks.put_last, _sections(pins))]


def main_file(pins):
    """Return the block for releases that read one file only."""
    return [Block(NFS_CONF, marked_blocks.put_first, _sections(pins))]


def defaults(pins):
    """Return the blocks for the packages of Debian and Ubuntu; there, rpc.statd sets the ports of lockd."""
    options = []
    if "statd" in pins:
        options.append(f"--port {pins['statd']}")
    if "lockd" in pins:
        options.append(f"--nlm-port {pins['lockd']} --nlm-udp-port {pins['lockd']}")
    blocks = []
    if options:
        blocks.append(Block(COMMON_DEFAULTS, marked_blocks.put_last, _extend("STATDOPTS", " ".join(options))))
    if "mountd" in pins:
        text = _extend("RPCMOUNTDOPTS", f"--port {pins['mountd']}")
        blocks.append(Block(SERVER_DEFAULTS, marked_blocks.put_last, text))
    return blocks


def sysconfig(pins):
    """Return the block for the package of Red Hat."""
    text = ""
    if "mountd" in pins:
        text += _extend("RPCMOUNTDOPTS", f"--port {pins['mountd']}")
    if "statd" in pins:
        text += _extend("STATDARG", f"--port {pins['statd']}")
    if "lockd" in pins:
        text += f"LOCKD_TCPPORT={pins['lockd']}\nLOCKD_UDPPORT={pins['lockd']}\n"
    return [Block(SYSCONFIG, marked_blocks.put_last, text)]


def _sections(pins):
    lines = []
    for daemon, options in SECTIONS:
        if daemon in pins:
            lines += [f"[{daemon}]"] + [f"{option}={pins[daemon]}" for option in options]
    return "".join(line + "\n" for line in lines)


def _extend(variable, options):
    return f'{variable}="${variable} {options}"\n'
