# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder under OpenRC: a resident process, started in the runlevel sysinit, before rpcbind and the network."""

import os

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._holds.rpc_daemons import InitScripts
from ansible_collections.fleet.ports.plugins.module_utils._host import commands

NAME = "fleet-ports-holder"
PATH = "/etc/init.d/" + NAME
RUNLEVEL = "sysinit"
ENABLED = f"/etc/runlevels/{RUNLEVEL}/{NAME}"
BOOTED = "/run/openrc/softlevel"

SCRIPT = """\
#!/sbin/openrc-run
# Written by fleet.ports, role port_blocker.

description="Hold ports so that no other program can take them"
description_reload="Follow the list of ports without letting go of those that stay"
extra_started_commands="reload"

command="{program}"
command_args="{arguments} --resident"
pidfile="{pid_file}"

depend() {{
    before net rpcbind portmap nfs-common nfsclient rpc.statd nis ypbind
    keyword -prefix
}}

reload() {{
    ebegin "Reloading $RC_SVCNAME"
    kill -HUP "$(cat "$pidfile")"
    eend $?
}}
"""


class OpenRC:
    def __init__(self, run):
        self._run = run
        self.daemons = InitScripts(run)

    @staticmethod
    def runs_here():
        return os.path.exists(BOOTED)

    def files(self, command):
        program, _blank, arguments = command.partition(" ")
        script = SCRIPT.format(program=program, arguments=arguments, pid_file=holder.PID)
        return {PATH: (script.encode(), 0o755)}

    def state(self):
        return holder_state.of_resident(enabled=os.path.lexists(ENABLED))

    def bring_up(self, running, renewed):
        if not os.path.lexists(ENABLED):
            commands.do(self._run, "rc-update", "add", NAME, RUNLEVEL)
        if renewed or not running:
            commands.do(self._run, "rc-service", NAME, "restart")
        else:
            with holder_state.awaited_note():
                commands.do(self._run, "rc-service", NAME, "reload")

    def take_down(self):
        commands.do(self._run, "rc-service", "--ifexists", "--ifstarted", NAME, "stop")
        if os.path.lexists(ENABLED):
            commands.do(self._run, "rc-update", "del", NAME, RUNLEVEL)

    def forget(self):
        """OpenRC remembers nothing of a script that was removed."""
