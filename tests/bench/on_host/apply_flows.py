# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs on a host: lets firewall_flows apply what a file says, some times anew, and prints what each step took.

It is applied in the end.
"""

import json
import subprocess
import sys
import time

# The module, with a stopwatch on what it does once it has read, computed and rehearsed: record, files and rules; and on
# the judgement: the rehearsal in a first run, and what tells in a second one that none is needed.
STOPWATCH = """
import sys, time
from ansible_collections.fleet.ports.plugins.module_utils._flows import participants
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import judgement
from ansible_collections.fleet.ports.plugins.modules import firewall_flows
def timed(name, function):
    def run(*arguments):
        started = time.monotonic()
        result = function(*arguments)
        print(name, time.monotonic() - started, file=sys.stderr)
        return result
    return run
participants.write = timed("write", participants.write)
judgement.Judge.judged = timed("judge", judgement.Judge.judged)
firewall_flows.main()
"""


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = json.load(file)
    found = {"first": [], "write": [], "rehearsal": [], "nft": [], "second": [], "digest": []}
    module(state="absent")
    for _turn in range(int(sys.argv[2])):
        first, of_first = module(**wanted)
        second, of_second = module(**wanted)
        with open("/etc/fleet.ports.nft", encoding="utf-8") as file:
            rules = file.read()
        module(state="absent")
        found["first"].append(first)
        found["write"].append(of_first["write"])
        found["rehearsal"].append(of_first["judge"])
        found["second"].append(second)
        found["digest"].append(of_second["judge"])
        found["nft"].append(nft(rules))
    module(**wanted)
    print(json.dumps(found))


def module(**options):
    """Return the seconds of a run, and those of its parts."""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", STOPWATCH], input=json.dumps({"ANSIBLE_MODULE_ARGS": options}),
                          capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    parts = {}
    for line in done.stderr.splitlines():
        name, _space, text = line.partition(" ")
        parts[name] = parts.get(name, 0) + float(text)
    return seconds, parts


def nft(rules):
    """Return the seconds that nft takes to add the same rules to the host's own, which are alone again afterwards."""
    started = time.monotonic()
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    seconds = time.monotonic() - started
    subprocess.run(["nft", "-f", "/etc/nftables.conf"], check=True)
    return seconds


main()
