# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rpcinfo -p [C]: what the daemons registered with the portmapper."""

from . import daemons


def rpcinfo(program, arguments):
    """List the registrations."""
    options, _operands = program.options(arguments, "p")
    if "p" not in options:
        program.fail("only -p is simulated.", 2)
    if not program.state["subsystems"]["portmap"]["pid"]:
        program.fail("can't contact portmapper: RPC: Remote system error - Connection refused")
    program.say("   program vers proto   port  service")
    for number, version, protocol, port, name in daemons.registrations(program.state):
        program.say(f"{number:>10}{version:>5}{protocol:>6}{port:>7}  {name}")
