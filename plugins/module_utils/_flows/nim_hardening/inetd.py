# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""inetd: the line with which it serves rsh, and how it is told to read its configuration again."""

import os
import re
import signal

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PATH = "/etc/inetd.conf"
PID_FILE = "/run/inetd.pid"
PROCESSES = "/proc"

# What else serves rsh on Linux, and how to stop that.
OTHERS = {
    "/etc/xinetd.d/rsh": "set 'disable = yes' in it and reload xinetd",
    "/etc/systemd/system/sockets.target.wants/rsh.socket": "run 'systemctl disable --now rsh.socket'",
}

_DISABLED = re.compile(rb"^\s*disable\s*=\s*yes\s*$", re.MULTILINE)

_NOT_RUNNING = "0513-036"


def serves_shell(line):
    """Return whether the line makes inetd serve rsh."""
    return line.split()[:1] == ["shell"]


def is_disabled(data):
    """Return whether this configuration of a service in xinetd disables it."""
    return bool(_DISABLED.search(data))


def reload_on_aix(run):
    """Let inetd read its configuration, if it runs."""
    code, output, errors = run(["refresh", "-s", "inetd"])
    if code != 0 and _NOT_RUNNING not in errors + output:
        complaint = " ".join((errors or output).split()) or f"exit status {code}"
        raise HostError(f"'refresh -s inetd' failed: {complaint.rstrip('.')}.")


def reload_on_linux():
    """Let inetd read its configuration, if it runs: its PID file may be a stale one with the number of another process."""
    pid = (atomic_file.read(PID_FILE) or b"").strip().decode("ascii", "replace")
    if pid.isdigit() and b"inetd" in (atomic_file.read(os.path.join(PROCESSES, pid, "comm")) or b""):
        os.kill(int(pid), signal.SIGHUP)
