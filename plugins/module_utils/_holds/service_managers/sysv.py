# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under SysV init: a resident process, started in runlevel S before rpcbind and the network."""

import glob
import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.rpc_daemons import InitScripts
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, commands

NAME = "fleet-ports-holder"
PATH = "/etc/init.d/" + NAME
ENABLED = "/etc/rcS.d/S??" + NAME
UPDATE_RC = "/usr/sbin/update-rc.d"

SCRIPT = """\
#!/bin/sh
# Written by fleet.ports, role port_blocker.
### BEGIN INIT INFO
# Provides:          fleet-ports-holder
# Required-Start:    $local_fs
# Required-Stop:
# X-Start-Before:    networking rpcbind nfs-common nis ypbind
# Default-Start:     S
# Default-Stop:
# Short-Description: Hold ports so that no other program can take them
# Description:       Binds the ports of /etc/fleet.ports/holds and does nothing with them.
### END INIT INFO

PATH=/usr/sbin:/usr/bin:/sbin:/bin
pid_file={pid_file}

pid() {{
    pid=$(cat "$pid_file" 2>/dev/null) || return 1
    tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q -e '--resident' && echo "$pid"
}}

start() {{
    {command} --resident
}}

stop() {{
    running=$(pid) || return 0
    kill "$running"
    tries=50
    while kill -0 "$running" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}}

case "$1" in
    start) start ;;
    stop) stop ;;
    restart) stop && start ;;
    reload | force-reload) kill -HUP "$(pid)" ;;
    status)
        running=$(pid) || {{ echo "fleet-ports-holder is not running."; exit 3; }}
        echo "fleet-ports-holder is running (PID $running)."
        ;;
    *)
        echo "Usage: $0 {{start|stop|restart|reload|force-reload|status}}" >&2
        exit 2
        ;;
esac
"""


class SysV:
    def __init__(self, run):
        self._run = run
        self.daemons = InitScripts(run)

    @staticmethod
    def runs_here():
        return atomic_file.read("/proc/1/comm") == b"init\n" and os.access(UPDATE_RC, os.X_OK)

    def files(self, command):
        return {PATH: (SCRIPT.format(command=command, pid_file=holder.PID).encode(), 0o755)}

    def state(self):
        return holder_state.of_resident(enabled=bool(glob.glob(ENABLED)))

    def bring_up(self, running, renewed):
        commands.do(self._run, UPDATE_RC, NAME, "defaults")
        if renewed or not running:
            commands.do(self._run, PATH, "restart")
        else:
            with holder_state.awaited_note():
                commands.do(self._run, PATH, "reload")

    def take_down(self):
        if os.path.exists(PATH):
            commands.do(self._run, PATH, "stop")

    def forget(self):
        """Remove the links; update-rc.d does so once the script was removed."""
        commands.do(self._run, UPDATE_RC, NAME, "remove")
