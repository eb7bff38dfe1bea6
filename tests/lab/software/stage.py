# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage of the exchanges: programs and servers on the lab's hosts, and all exchanges tried at once.

All of it lies in one folder of each host, and each server is a transient unit: leaving the stage clears it.
"""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..command import run, wait_for
from ..fleet import SERVERS
from ..handle import HostHandle
from ..lab import Lab
from ..network import SWITCH, mac_address
from . import bootp, nfs, nim, rpc, rsh, tftp
from .exchange import PROGRAMS, Exchange, Service

SOURCES = Path(__file__).parent / "programs"
PARTS = (bootp, tftp, nim, rsh, nfs, rpc)
EXCHANGES: tuple[Exchange, ...] = tuple(each for part in PARTS for each in part.EXCHANGES)
SERVICES: tuple[Service, ...] = tuple(each for part in PARTS for each in getattr(part, "SERVICES", ()))
HOSTS = tuple(dict.fromkeys(each.host for each in (*EXCHANGES, *SERVICES)))
IMAGE_BYTES = 24_000_000
# For exchanges that have to succeed, on a machine that is busy; those that have to fail are not given so long.
PATIENT, IMPATIENT = 20, 2


class Stage:
    """What the exchanges need, set up on a lab that is up."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._undo = contextlib.ExitStack()
        self._cable = f"{bootp.NEIGHBOUR}-{SERVERS.name[0]}"

    def __enter__(self) -> Stage:
        with contextlib.ExitStack() as undo:
            undo.callback(self._pull_cable)
            self._lay_cable()
            undo.callback(_together, self._clear, HOSTS)
            _together(self._prepare, HOSTS)
            self._serve_files()
            undo.callback(self._port_mapper, "start")
            self._port_mapper("stop")
            _together(self._start, SERVICES)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._undo.close()

    def host(self, name: str) -> HostHandle:
        """A host of the lab."""
        return HostHandle(self.lab, name)

    def failures(self, doomed: Iterable[str]) -> dict[str, str]:
        """Try all exchanges at once; the names of those that failed, with the end of what they said."""
        doomed = frozenset(doomed)
        by_host = defaultdict(list)
        for each in EXCHANGES:
            by_host[each.host].append(each)
        found = _together(lambda item: self._failures_on(*item, doomed), by_host.items())
        return {name: said for each in found for name, said in each.items()}

    def _failures_on(self, name: str, exchanges: list[Exchange], doomed: frozenset[str]) -> dict[str, str]:
        lines = [
            f"({each.command.format(patience=IMPATIENT if each.name in doomed else PATIENT)})"
            f" >{index}.log 2>&1 </dev/null || echo {index} &"
            for index, each in enumerate(exchanges)
        ]
        failed = self.host(name).run("\n".join((f"cd {PROGRAMS}", *lines, "wait"))).split()
        said = {index: self.host(name).run(f"tail -n 2 {PROGRAMS}/{index}.log").strip() for index in failed}
        return {exchanges[int(index)].name: text for index, text in said.items()}

    def _lay_cable(self) -> None:
        """Plug a client into the master's network, too, with no address there."""
        switch, client = self.lab.wiring.path(SWITCH).name, self.lab.wiring.path(bootp.NEIGHBOUR).name
        mac = mac_address(SERVERS, bootp.NUMBER)
        run(["ip", "-n", switch, "link", "add", self._cable, "type", "veth", "peer", "name", SERVERS.name,
             "address", mac, "netns", client])  # fmt: skip
        run(["ip", "-n", switch, "link", "set", self._cable, "master", SERVERS.name, "up"])
        run(["ip", "-n", client, "link", "set", SERVERS.name, "up"])

    def _pull_cable(self) -> None:
        run(["ip", "-n", self.lab.wiring.path(SWITCH).name, "link", "delete", self._cable])

    def _port_mapper(self, order: str) -> None:
        """The source's table asks from port 111, where this client has a service that nobody asks."""
        self.host(nfs.CLIENT_BY_NFS4).run(f"systemctl {order} rpcbind.socket rpcbind.service")

    def _prepare(self, name: str) -> None:
        files = {f"{PROGRAMS}/{file.name}": file.read_text() for file in SOURCES.glob("*.py")}
        if name == rsh.CLIENT_BY_RSH:
            files |= rsh.FILES
        program = f"import json, os, sys\nos.makedirs({PROGRAMS!r})\n"
        program += "for path, text in json.load(sys.stdin).items(): open(path, 'w').write(text)"
        self.host(name).run(f'python3 -c "{program}"', stdin=json.dumps(files))

    def _serve_files(self) -> None:
        """Give the master what a client boots from, and the clients the sums of it."""
        sums = self.host(tftp.MASTER).run(
            f"mkdir {tftp.FOLDER} && cd {tftp.FOLDER} && head -c {IMAGE_BYTES} /dev/urandom > {tftp.IMAGE}"
            f" && echo 'export NIM_NAME=client' > {tftp.INFO} && chmod 644 * && sha256sum {tftp.IMAGE} {tftp.INFO}"
        )
        for line in sums.splitlines():
            for client in ("client01", "client02"):
                self.host(client).run(f"cat > {PROGRAMS}/{line.split()[1]}.sum", stdin=f"{line}\n")

    def _start(self, service: Service) -> None:
        host = self.host(service.host)
        host.run(f"systemd-run --quiet --collect --unit=exchange-{service.name} {service.command}")
        wait_for(f"{service.name} listens on {service.host}", lambda: _listens(host, service), seconds=20)

    def _clear(self, name: str) -> None:
        files = rsh.FILES if name == rsh.CLIENT_BY_RSH else ()
        self.host(name).run(f"systemctl stop 'exchange-*'; rm -rf {' '.join((PROGRAMS, *files))}")


def _listens(host: HostHandle, service: Service) -> bool:
    asked = (each.split() for each in service.listens)
    return all(host.run(f"ss -Hln --{protocol} 'sport = :{port}'") for protocol, port in asked)


def _together(work: Callable, items: Iterable) -> list:
    items = list(items)
    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(work, items))
