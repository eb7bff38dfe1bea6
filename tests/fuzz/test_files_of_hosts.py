# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units, jobs and settings that are written on a host: an independent parser reads exactly what was meant."""

from __future__ import annotations

import configparser
import os
import re
import shlex
from unittest import mock

from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder, sockets
from ansible_collections.fleet.ports.plugins.module_utils._holds.service_managers import systemd as holder_unit
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_blocks
from ansible_collections.fleet.ports.plugins.module_utils._jobs import systemd
from ansible_collections.fleet.ports.plugins.module_utils._net import port_ranges
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_utils

from .attempts import attempt
from .texts import addresses, ports, texts

# What a path can be made of.
COMMAND_WORDS = texts.map(lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode()[:300])
PORTS = st.integers(1, 65535)
PINS = st.fixed_dictionaries({}, optional={"mountd": PORTS, "lockd": PORTS, "statd": PORTS})
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _unquoted(text: str) -> list[str]:
    """Read the words of an ExecStart= as systemd does (systemd.service(5), "Command lines")."""
    words, word, signs = [], None, iter(text)
    for sign in signs:
        if word is None:
            assert sign == '"', text
            word = ""
        elif sign == '"':
            words.append(word)
            word = None
            assert next(signs, " ") == " "
        elif sign == "\\":
            kind = next(signs)
            word += chr(int(next(signs) + next(signs), 16)) if kind == "x" else ESCAPES[kind]
        elif sign in "%$":
            assert next(signs) == sign, f"a specifier or a variable in {text!r}"
            word += sign
        else:
            word += sign
    assert word is None
    return words


@given(st.lists(COMMAND_WORDS, min_size=1, max_size=3))
def test_a_unit_starts_just_this_command(command: list[str]) -> None:
    units = {}
    job = systemd.Systemd("x", "x", lambda _command: (0, "", ""))
    with mock.patch.object(atomic_file, "write", lambda path, data: units.update({os.path.basename(path): data})):
        with mock.patch.object(systemd, "_enable", lambda _unit, _link: None):
            attempt(job.start_at, 0, command)
    lines = re.split("[\n\r\0]", units["fleet-ports-x.service"].decode())
    assert {line.partition("=")[0] for line in lines[1:] if line} == {
        "[Unit]",
        "Description",
        "DefaultDependencies",
        "After",
        "Wants",
        "Before",
        "Conflicts",
        "[Service]",
        "ExecStart",
        "Type",
    }
    (written,) = (line.partition("=")[2] for line in lines if line.startswith("ExecStart="))
    assert _unquoted(written) == command


@given(st.integers(200, 300), st.booleans())
def test_the_holders_unit_has_one_command(version: int, has_user: bool) -> None:
    text = attempt(
        holder_unit.unit, "/usr/bin/python3 -I /etc/fleet.ports/holder.py", version, "daemon" * has_user
    )
    assert text.count("\nExecStart=") == 1


@given(
    st.lists(
        st.fixed_dictionaries({"port": st.integers(-1, 70000), "protocol": st.sampled_from(["tcp", "udp"])}), max_size=3
    ),
    st.lists(addresses, max_size=3),
)
def test_the_holder_reads_what_was_wanted(holds: list[dict], wanted_addresses: list[str]) -> None:
    found = attempt(sockets.wanted, holds, wanted_addresses)
    if found is not None:
        assert holder.parse(holder.form(found)) == found
        assert [holder.parse_name(hold.name) for hold in found] == found


@given(PINS, texts.filter(lambda text: marked_blocks.BEGIN not in text))
def test_pins_are_what_the_daemons_read(pins: dict[str, int], before: str) -> None:
    data = before.encode("utf-8", "surrogatepass")
    for block in nfs_utils.drop_in(pins) + nfs_utils.main_file(pins):
        written = attempt(block.put, data, block.text)
        assert marked_blocks.take_out(written) == data
        read = configparser.RawConfigParser(strict=True)
        read.read_string(block.text)
        assert {name: int(read[name]["port"]) for name in read.sections()} == pins
    for block in nfs_utils.defaults(pins) + nfs_utils.sysconfig(pins):
        for line in block.text.splitlines():
            name, value = line.split("=", 1)
            assert len(shlex.split(value)) == 1 and name.isidentifier()


@given(st.lists(ports, max_size=4))
def test_port_ranges_are_numbers(written: list[str]) -> None:
    for text in written:
        found = attempt(port_ranges.parse, text)
        if found is not None:
            assert set(port_ranges.form(*found)) <= set("0123456789-")
