# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A master's rules with up to 10,000 clients: how long they take to apply, to compare, and to judge a packet."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import ansible

from ..lab.fleet import SERVERS, Host
from ..lab.fresh import fresh_lab
from ..lab.lab import Lab
from ..lab.network import CONTROL
from . import fleets, playbook
from .cost import BenchError, cost_of
from .figures import Curve, Figure, ratio, seconds

COUNTS = (10, 100, 1_000, 10_000)
REHEARSED = (10, 1_000, 10_000)
TURNS = 7
# Packets of one turn, after as many to warm up.
PACKETS = 30_000
ROUNDS = 15

MASTER = Host("master01", ((SERVERS, 10),), setup=("systemctl enable nftables",))
ON_HOST = Path(__file__).parent / "on_host"
# Where the host finds the module, and what it is told.
PLACE = "opt/bench"
AXIS = "clients of a master"


def figures() -> Iterator[Figure | Curve]:
    """Apply to one host of the lab, and send packets to it; the host is gone afterwards."""
    lab = fresh_lab("clients", fleet=(MASTER,))
    try:
        _install(lab)
        for count in COUNTS:
            _tell(lab, count)
        applied = {count: _applied(lab, count) for count in COUNTS}
        yield from _of_applying(applied)
        yield from _of_packets(_judged(lab))
    finally:
        lab.down()


def _of_applying(applied: Mapping[int, Mapping[str, list[float]]]) -> Iterator[Figure | Curve]:
    most = applied[COUNTS[-1]]
    whole = f"the whole run of the module: {median(most['first']):.2f} s"
    yield ratio(f"writing and loading the rules of {COUNTS[-1]:,} clients, against nft -f", most["write"], most["nft"],
                1.5, whole)  # fmt: skip
    yield seconds(f"a second run with {COUNTS[-1]:,} clients: reading and comparing", most["second"], 1,
                  "the whole run of the module on the host")  # fmt: skip
    for count in REHEARSED:
        yield seconds(f"rehearsing a change with {count:,} clients", applied[count]["rehearsal"], 0.5,
                      "on a copy of the host, before anything is changed")  # fmt: skip
    yield ratio(f"telling in a second run with {COUNTS[-1]:,} clients that nothing is to be rehearsed, of the whole run",
                most["digest"], most["second"], 0.05, "digests of the rulesets and of the opening")  # fmt: skip
    for key, label in (("second", "a second run"), ("write", "writing and loading"), ("rehearsal", "rehearsing"), ("nft", "nft -f")):
        yield Curve(AXIS, "seconds", label, [(count, median(times[key])) for count, times in applied.items()])


def _of_packets(judged: Mapping[int, Mapping[str, list[float]]]) -> Iterator[Figure | Curve]:
    for kind in ("a packet that is let in", "a packet that nothing lets in"):
        times = {count: found[kind] for count, found in judged.items()}
        yield ratio(f"the kernel's work for {kind}: {COUNTS[-1]:,} clients against {COUNTS[0]}",
                    times[COUNTS[-1]], times[COUNTS[0]], 1.1, f"sending included, {ROUNDS} × {PACKETS:,} packets",
                    unit="ns")  # fmt: skip
        yield Curve(AXIS, "nanoseconds per packet", kind, [(count, median(found)) for count, found in times.items()])


def _install(lab: Lab) -> None:
    """Give the host the module and what it imports."""
    place = lab.disk(MASTER.name) / PLACE
    shutil.copytree(Path(ansible.__file__).parent / "module_utils", place / "ansible" / "module_utils")
    for package in ("ansible", "ansible_collections", "ansible_collections/fleet", "ansible_collections/fleet/ports"):
        (place / package).mkdir(exist_ok=True)
        (place / package / "__init__.py").touch()
    for folder in ("modules", "module_utils"):
        source = playbook.REPOSITORY / "plugins" / folder
        shutil.copytree(source, place / "ansible_collections/fleet/ports/plugins" / folder)
    shutil.copy(ON_HOST / "apply_flows.py", place)


def _tell(lab: Lab, count: int) -> None:
    """Put the flows and peers of a master with so many clients on the host."""
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        folder = Path(name)
        # Every second address, so that no two of them make a network.
        fleet = fleets.write(folder / "fleet.json", count, step=2)
        with playbook.collections() as collections:
            cost_of([Path(sys.executable).parent / "ansible-playbook", "-i", fleet, "fleet.ports.plan",
                     "--limit", "master01", "-e", f"fleet_ports_report_dir={folder}"],
                    {"ANSIBLE_COLLECTIONS_PATH": str(collections)})  # fmt: skip
        plan = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))["plans"]["master01"]
    wanted = {"flows": plan["flows"], "peers": plan["peers"], "confirm_timeout": 0}
    (lab.disk(MASTER.name) / PLACE / f"{count}.json").write_text(json.dumps(wanted), encoding="utf-8")


def _applied(lab: Lab, count: int) -> Mapping[str, list[float]]:
    """Seconds of ``first`` runs, of ``rehearsal`` and ``write`` in each, of ``nft`` with the same rules, of ``second``
    runs, and of the ``digest`` in each.
    """
    done = lab.run(MASTER.name, f"cd /{PLACE} && python3 apply_flows.py {count}.json {TURNS}")
    if done.returncode:
        raise BenchError(f"The rules of {count} clients could not be applied:\n{done.stdout}{done.stderr}"[-3000:])
    return json.loads(done.stdout)


def _judged(lab: Lab) -> Mapping[int, Mapping[str, list[float]]]:
    """Nanoseconds per packet for each number of clients, in turns."""
    judged: dict[int, dict[str, list[float]]] = {count: {} for count in COUNTS}
    client = str(fleets.CLIENT_NETWORK[1])
    route = f"ip route replace {fleets.CLIENT_NETWORK} dev {SERVERS.name}"
    subprocess.run(lab.wiring.inside(CONTROL, ["ip", "address", "add", client, "dev", "lo"]), check=True)
    for _turn in range(TURNS):
        for count, found in judged.items():
            done = lab.run(MASTER.name, f"{route} && cd /{PLACE} && python3 apply_flows.py {count}.json 1")
            if done.returncode:
                raise BenchError(f"The rules of {count} clients could not be applied: {done.stderr}")
            for kind, ports in (("a packet that is let in", (68, 67)), ("a packet that nothing lets in", (9, 9))):
                found.setdefault(kind, []).append(_flood(lab, client, *ports))
    return judged


def _flood(lab: Lab, client: str, source_port: int, destination_port: int) -> float:
    """Nanoseconds per packet: on a cable between two namespaces the sender does the receiver's work, too."""
    flood = [sys.executable, ON_HOST / "flood.py", client, str(source_port), MASTER.address, str(destination_port),
             str(PACKETS), str(ROUNDS)]  # fmt: skip
    return float(cost_of(lab.wiring.inside(CONTROL, flood)).output)
