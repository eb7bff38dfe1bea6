# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's command line: `python3 -m tests.lab up`, from the repository's root."""

from __future__ import annotations

import argparse
import subprocess
import sys

from .command import LabError
from .lab import Lab


def main() -> int:
    """Do what the command line says."""
    options = _parse()
    try:
        return COMMANDS[options.command](Lab(options.name), options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab", description="A small fleet of real hosts.")
    parser.add_argument("--name", default="lab", help="the lab's name; labs of different names can run side by side")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="bring the hosts up (all, or those named)")
    up.add_argument("hosts", nargs="*")
    commands.add_parser("down", help="take everything down, leave no trace but the cache")
    commands.add_parser("status", help="say which hosts are up")
    reboot = commands.add_parser("reboot", help="switch a host off and on again")
    reboot.add_argument("host")
    run = commands.add_parser("run", help="run a shell command on a host")
    run.add_argument("host")
    run.add_argument("words", nargs=argparse.REMAINDER)
    ansible = commands.add_parser("ansible", help="run ansible-playbook from the controller's seat")
    ansible.add_argument("words", nargs=argparse.REMAINDER)
    return parser.parse_args()


def _up(lab: Lab, options: argparse.Namespace) -> int:
    lab.up(options.hosts)
    return _status(lab, options)


def _down(lab: Lab, _options: argparse.Namespace) -> int:
    lab.down()
    return 0


def _status(lab: Lab, _options: argparse.Namespace) -> int:
    hosts = lab.hosts()
    if not hosts:
        print("no lab")
        return 1
    for host in hosts:
        print(f"{host.name:12} {host.address:15} {'up' if lab.answers(host) else 'does not answer'}")
    return 0


def _reboot(lab: Lab, options: argparse.Namespace) -> int:
    lab.reboot(options.host)
    return 0


def _run(lab: Lab, options: argparse.Namespace) -> int:
    done = lab.run(options.host, " ".join(options.words))
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


def _ansible(lab: Lab, options: argparse.Namespace) -> int:
    argv, environment = lab.controller.ansible(["ansible-playbook", *options.words])
    return subprocess.run(argv, env=environment, check=False).returncode


COMMANDS = {"up": _up, "down": _down, "status": _status, "reboot": _reboot, "run": _run, "ansible": _ansible}

if __name__ == "__main__":
    sys.exit(main())
