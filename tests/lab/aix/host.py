# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulated host: starts programs, writes down each start, lets faults happen, and answers questions of tests."""

import collections
import json
import os
import subprocess
import time

from . import (
    devices,
    faults,
    filter_activation,
    filter_edits,
    filter_exchange,
    filter_listing,
    fresh,
    jobs,
    nim,
    packets,
    rpc,
    subsystems,
    system,
)
from .program import Exit, Program
from .store import Store

IPSEC = {
    program.__name__: program
    for program in (
        filter_edits.genfilt, filter_edits.chfilt, filter_edits.rmfilt, filter_edits.mvfilt, filter_listing.lsfilt,
        filter_listing.ckfilt, filter_activation.mkfilt, filter_exchange.expfilt, filter_exchange.impfilt,
    )
}  # fmt: skip

PROGRAMS = dict(IPSEC, **{
    program.__name__: program
    for program in (
        devices.mkdev, devices.rmdev, devices.lsdev,
        subsystems.lssrc, subsystems.startsrc, subsystems.stopsrc, subsystems.refresh,
        rpc.rpcinfo, nim.lsnim, jobs.at, system.oslevel, system.bootinfo, system.getconf, system.lslpp,
    )
})  # fmt: skip

Done = collections.namedtuple("Done", "code output errors")


class Killed(Exception):
    """The caller of a program is to be killed: the program did its work, but nobody will read what it says."""


class Host:
    """A host whose state is in a folder."""

    def __init__(self, store=None):
        self.store = store or Store()

    @classmethod
    def install(cls, folder, **options):
        """Make a fresh host; the options are those of :func:`fresh.state`."""
        host = cls(Store(folder))
        host.store.create(fresh.state(**options))
        return host

    def has(self, program):
        """Tell whether a program is there: those of the filters come with bos.net.ipsec."""
        return program in PROGRAMS and (program not in IPSEC or "bos.net.ipsec.rte" in self.store.read()["filesets"])

    def run(self, argv):
        """Start a program and return its exit code, output and errors."""
        name, arguments = os.path.basename(argv[0]), [str(word) for word in argv[1:]]
        with open(os.path.join(self.store.folder, "calls"), "a") as calls:
            calls.write(json.dumps([name] + arguments) + "\n")
        with self.store.changing() as state:
            subsystems.settle(state)
            fault = faults.due(state, name)
            if fault and not fault["done"] and not fault["kills"]:
                return Done(fault["code"], "", fault["message"] + "\n")
            program = Program(name, state)
            try:
                code = PROGRAMS[name](program, arguments) or 0
            except Exit as error:
                code = error.code
                program.complain(str(error))
        if fault and fault["kills"]:
            raise Killed()
        if fault and fault["done"]:
            return Done(fault["code"], "", fault["message"] + "\n")
        return Done(code, "".join(program.output), "".join(program.errors))

    def calls(self, *names):
        """Return the starts of programs so far, each with its arguments; of these names, if any is given."""
        path = os.path.join(self.store.folder, "calls")
        if not os.path.exists(path):
            return []
        with open(path) as file:
            found = [json.loads(line) for line in file]
        return [call for call in found if not names or call[0] in names]

    def forget_calls(self):
        """Begin the list of starts anew."""
        open(os.path.join(self.store.folder, "calls"), "w").close()

    def passes(self, *words, **options):
        """Tell whether a packet would pass the active table; the arguments are those of :func:`packets.packet`."""
        return packets.passes(self.store.read(), packets.packet(*words, **options))

    def fault(self, *words, **options):
        """Switch on a fault: the arguments are those of :func:`faults.fault`."""
        with self.store.changing() as state:
            state["faults"].append(faults.fault(*words, **options))

    def cron(self):
        """Be the daemon that starts what at was told, without an end."""
        while True:
            with self.store.changing() as state:
                commands = jobs.due(state)
            for command in commands:
                with subprocess.Popen(["/bin/sh"], cwd="/", stdin=subprocess.PIPE) as shell:
                    shell.communicate(command.encode())
            time.sleep(1)

    def be_stubborn(self, subsystem):
        """Let a daemon never stop."""
        with self.store.changing() as state:
            state["faults"].append(faults.stubborn(subsystem))

    def change(self, **changes):
        """Change the state's entries; those of dicts are merged."""
        with self.store.changing() as state:
            for name, value in changes.items():
                if isinstance(value, dict):
                    state[name].update(value)
                else:
                    state[name] = value
