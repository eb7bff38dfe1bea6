# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""inetd: the line by which it serves rsh, and the word that makes it read its configuration again."""

import os
import re
import signal

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PATH = "/etc/inetd.conf"
PID_FILE = "/run/inetd.pid"
PROCESSES = "/proc"

# What also serves rsh on Linux, and how it is told not to.
OTHERS = {
    "/etc/xinetd.d/rsh": "set 'disable = yes' in it and reload xinetd",
    "/etc/systemd/system/sockets.target.wants/rsh.socket": "run 'systemctl disable --now rsh.socket'",
}

_DISABLED = re.compile(rb"^\s*disable\s*=\s*yes\s*$", re.MULTILINE)

_NOT_RUNNING = "0513-036"


def serves_shell(line):
    """Say if the line makes inetd serve rsh."""
    return line.split()[:1] == ["shell"]


def is_disabled(data):
    """Say if what xinetd is told of a service is that there is none."""
    return bool(_DISABLED.search(data))


def reload_on_aix(run):
    """Let inetd read its configuration, if it runs."""
    code, output, errors = run(["refresh", "-s", "inetd"])
    if code != 0 and _NOT_RUNNING not in errors + output:
        complaint = " ".join((errors or output).split()) or f"exit status {code}"
        raise HostError(f"'refresh -s inetd' failed: {complaint.rstrip('.')}.")


def reload_on_linux():
    """Let inetd read its configuration, if it runs; what has its number in a file that was left behind is not inetd."""
    pid = (atomic_file.read(PID_FILE) or b"").strip().decode("ascii", "replace")
    if pid.isdigit() and b"inetd" in (atomic_file.read(os.path.join(PROCESSES, pid, "comm")) or b""):
        os.kill(int(pid), signal.SIGHUP)
