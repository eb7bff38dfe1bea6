# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world: a host with a packet filter, what is to be opened on it, and the host while it runs."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .firewalld import Firewalld
from .isolation import ETC_CHANGES
from .network import DOWNLINK, UPLINK, Interface
from .requests import Request

BOOT_SCRIPT = "/etc/nftables.conf"
_STATE = Path("/var/lib/fleet.ports")
_TABLE = re.compile(r"^table .*?^\}\n", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]+(?:/\d+)?")
_LEGACY_CHAINS = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
}


@dataclass(frozen=True)
class Program:
    """A program that loads rules: those of another manager, say."""

    command: tuple[str, ...]
    text: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether this machine has it."""
        return shutil.which(self.command[0]) is not None


@dataclass(frozen=True)
class World:
    """A host.

    :param files: what stands in /etc, by path.
    :param starts: the command of nftables.service, None where there is no such service.
    :param others: the programs that load rules besides, at each boot, once that service has.
    :param quarantined: whom a rule drops by name before any other rule: ``((hook, address or network), …)``
    """

    name: str
    files: Mapping[str, str]
    request: Request
    starts: tuple[str, ...] | None = ("/usr/sbin/nft", "-f", BOOT_SCRIPT)
    others: tuple[Program, ...] = ()
    is_gateway: bool = False
    has_firewalld: bool = False
    quarantined: tuple[tuple[str, str], ...] = ()

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """Of the host."""
        return (UPLINK, DOWNLINK) if self.is_gateway else (UPLINK,)

    @property
    def text(self) -> str:
        """All that makes its packet filter, for a reader."""
        parts = [f"# {path}\n{content}" for path, content in self.files.items()]
        parts += [f"# {' '.join(program.command)}\n{program.text}" for program in self.others]
        return "\n".join(parts)

    @property
    def named_addresses(self) -> list[str]:
        """Addresses that its rules name; of a network two."""
        found = {}
        for text in _ADDRESS.findall(self.text):
            try:
                net = ipaddress.ip_network(text, strict=False)
            except ValueError:
                continue
            found |= dict.fromkeys((str(net.network_address), str(net[min(net.num_addresses - 1, 5)])))
        return list(found)


class RunningWorld:
    """The world in whose namespaces this process is."""

    def __init__(self, world: World, firewalld: Firewalld | None = None) -> None:
        self._world = world
        self._firewalld = firewalld
        for path, content in world.files.items():
            file = Path(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

    def boot(self) -> None:
        """Have no rules, and then load what a boot loads."""
        if self._firewalld:
            self._firewalld.stop()
        _run(("nft", "flush", "ruleset"))
        for version in ("", "6"):
            if tables := _legacy_tables(version):
                _run((f"ip{version}tables-legacy-restore",), "".join(map(_empty, tables)))
        if self._world.starts:
            _run(self._world.starts)
        if self._firewalld:
            self._firewalld.start()
        for program in self._world.others:
            _run(program.command, program.text)

    def rules(self) -> str:
        """All rules in force, without their counters; tables in an order of their own, which means nothing to packets."""
        parts = sorted(_TABLE.findall(_run(("nft", "-s", "list", "ruleset"))))
        for version in ("", "6"):
            if _legacy_tables(version):
                parts.append(_of_legacy(_run((f"ip{version}tables-legacy-save",))))
        return "".join(parts)

    def files(self) -> dict[str, bytes]:
        """All files that were written in this world."""
        found = {}
        for top in (ETC_CHANGES, _STATE):
            for folder, _folders, names in os.walk(top):
                for name in names:
                    path = Path(folder, name)
                    if path.is_file():
                        found[str(path).replace(str(ETC_CHANGES), "/etc")] = path.read_bytes()
        return found

    def traces(self) -> set[str]:
        """What a run might leave behind besides rules and files: processes, interfaces, mounts and files in /run."""
        processes = (path.joinpath("stat").read_text() for path in Path("/proc").glob("[1-9]*"))
        running = {f"process {text[: text.index(')') + 1]}" for text in processes if text.rpartition(")")[2][1] != "Z"}
        interfaces = {f"interface {path.name}" for path in Path("/sys/class/net").iterdir()}
        # By number: the folder under which something was mounted before may be renamed at any time.
        mounts = {"mount {0} of {1}".format(line.split()[0], line.partition(" - ")[2].split()[0])
                  for line in Path("/proc/self/mountinfo").read_text().splitlines()}
        files = {f"file {path}" for path in Path("/run").glob("[!w]*/**/*") if path.name != "xtables.lock"}
        return running | interfaces | mounts | files

    def run(self, command: Sequence[str], **how: object) -> tuple[int, str, str]:
        """Run a program as a module does; the service manager answers for this world."""
        from ansible_collections.fleet.ports.plugins.module_utils._host import commands

        if os.path.basename(command[0]) == "systemctl":
            return self._systemctl(command[1:])
        if self._firewalld and os.path.basename(command[0]) == "firewall-cmd":
            command = self._firewalld.command(command)
        return commands.run(command, **how)

    def _systemctl(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        if arguments[0] != "show":
            return 1, "", f"systemctl {' '.join(arguments)}: there is no service manager in this world"
        wanted = [name for each in arguments[1:] if each.startswith("--property=") for name in each[11:].split(",")]
        units = [each for each in arguments[1:] if not each.startswith("-")]
        blocks = []
        for unit in units:
            shown = self._unit(unit)
            blocks.append("".join(f"{name}={shown[name]}\n" for name in wanted if name in shown))
        return 0, "\n".join(blocks), ""

    def _unit(self, unit: str) -> dict[str, str]:
        starts = self._world.starts
        if unit == "firewalld.service" and self._firewalld:
            starts = ("/usr/sbin/firewalld", "--nofork", "--nopid")
        elif unit != "nftables.service" or starts is None:
            return {"LoadState": "not-found", "ActiveState": "inactive", "UnitFileState": "", "ExecStart": ""}
        shown = f"{{ path={starts[0]} ; argv[]={' '.join(starts)} ; ignore_errors=no ; pid=0 ; status=0/0 }}"
        return {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "ExecStart": shown}


def _legacy_tables(version: str) -> list[str]:
    path = Path(f"/proc/net/ip{version}_tables_names")
    return path.read_text().split() if path.exists() else []


def _empty(table: str) -> str:
    return f"*{table}\n" + "".join(f":{chain} ACCEPT [0:0]\n" for chain in _LEGACY_CHAINS.get(table, ())) + "COMMIT\n"


def _of_legacy(saved: str) -> str:
    """What iptables-legacy-save prints, without comments and counters."""
    return re.sub(r" \[\d+:\d+\]", "", "".join(line + "\n" for line in saved.splitlines() if not line.startswith("#")))


def _run(command: Sequence[str], text: str = "") -> str:
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
