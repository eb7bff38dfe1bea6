# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All packet filters of the host, read by the host's own programs, and loaded into a network namespace.

What depends on the time is at rest in the copy: a rule with a rate matches as it does while its rate is not exceeded.
"""

import collections
import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.nft_listing import LEGACY_TABLES
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# nft: the ruleset, as nft lists it, without what iptables made; saved: ``[(command, text)]``, what iptables and ipset saved
# and the commands that load it
Filters = collections.namedtuple("Filters", "nft saved")

MOST_BYTES = 32 << 20

_TRANSLATED = {"ip": "iptables", "ip6": "ip6tables"}
# Families of which nothing is copied: no packet of a flow reaches their hooks in the copy.
_NOT_COPIED = ("arp", "bridge")

_BLOCK = re.compile(r"^table (\S+) (\S+) \{.*?^\}\n", re.MULTILINE | re.DOTALL)
# nft 0.9 has its own words for an extension of iptables, or a comment in its place.
_OF_IPTABLES = re.compile(
    r'^\t\t(?:.*\s)?xt (?:match|target) "?\w|^\t\t(?:[^"#\n]|"[^"\n]*")*#(?! count \d)', re.MULTILINE
)
_MANAGED = re.compile(
    r"^\t(?:chain|set) fleet_ports_\S+ \{\n.*?^\t\}\n"
    r'|^\t\t(?:[^"\n]|"[^"\n]*")*?(?:jump|goto) fleet_ports_[^\s"{}]+(?: comment "[^"\n]*")?\n',
    re.MULTILINE | re.DOTALL,
)
_POLICY = re.compile(r"^(:\S+) DROP", re.MULTILINE)
# What a listing says of a rule or set that changes while the rules are the same.
COUNTED = re.compile(r" packets \d+ bytes \d+| expires \S+?(?=[,\s])| used \d+ \S+")
_FLAGS = re.compile(r"^\tflags ([a-z,]+)$", re.MULTILINE)
_RATE = re.compile(r"\b(rate (?:over )?)\d+( (?:k|m)?bytes)?/(?:second|minute|hour|day|week)(?: burst \d+ (?:packets|k?m?bytes))?")
_CONNECTIONS = re.compile(r"\b(ct count (?:over )?)\d+")
# A limit that is a statement of its own, and what matches never in its place.
_LIMIT = re.compile(
    r"^(\t\t(?:[^{}\n]|\{[^{}\n]*\})*?)limit rate (over )?\d+(?: (?:k|m)?bytes)?/(?:second|minute|hour|day|week)"
    r"(?: burst \d+ (?:packets|k?m?bytes))?",
    re.MULTILINE,
)
_NEVER = "meta mark 0x2f1ee7 meta mark 0x3f1ee7"
_SAVED_LIMIT = re.compile(r"-m limit(?: --limit \S+| --limit-burst \d+)+")
_SAVED_NEVER = "-m mark --mark 0x2f1ee7"
_SAVED_RATE = re.compile(
    r"--(?P<rate>limit|hashlimit-upto|hashlimit-above|hashlimit) \S+"
    r"|--(?P<burst>limit-burst|hashlimit-burst) \d+"
    r"|--(?P<connections>connlimit-above|connlimit-upto) \d+"
    r"|--(?P<hits>hitcount) \d+"
)
# The highest numbers that all kernels take.
_HIGHEST = {"rate": "10000/sec", "burst": "10000", "connections": "4294967295", "hits": "255"}


def read(run, find):
    """Return the Filters of the host."""
    program = find("nft")
    if program is None:
        raise NotRehearsed("nft is not installed")
    text = output(run, [program, "list", "ruleset"])
    if re.search(r"^[^#\n]", _BLOCK.sub("", text), re.MULTILINE):
        raise NotRehearsed("a table of this host has a name that nft itself cannot read")
    kept, saved = [], []
    for block in _BLOCK.finditer(text):
        family, table = block.group(1), block.group(2)
        if family in _NOT_COPIED:
            continue
        if not _OF_IPTABLES.search(block.group()):
            kept.append(block.group())
        elif family in _TRANSLATED:
            saved.append(_saved(run, find, _TRANSLATED[family], "nft", table))
        else:
            raise NotRehearsed(f"table {family} {table} has rules of a program that cannot be copied")
    for path, program in LEGACY_TABLES.items():
        for table in (atomic_file.read(path) or b"").decode().split():
            saved.append(_saved(run, find, program, "legacy", table))
    if any("--match-set" in saved_text for _command, saved_text in saved):
        saved.insert(0, _saved_sets(run, find))
    return Filters("".join(kept), saved)


def without_managed(text):
    """Return the ruleset without what fleet.ports manages in it."""
    return _MANAGED.sub("", text)


def loadable(text):
    """Return a ruleset of nft in which no table belongs to the process that made it, and that would end with it."""
    return _FLAGS.sub(_flags_to_keep, text)


def at_rest(filters):
    """Return the filters with rates that are never exceeded, and without limits of how many connections there are."""
    # The kernel takes no more bytes than this.
    nft = _RATE.sub(lambda rate: f"{rate.group(1)}1000000000{' bytes' if rate.group(2) else ''}/second", filters.nft)
    return Filters(
        _CONNECTIONS.sub(r"\g<1>4294967295", nft),
        [(command, _SAVED_RATE.sub(_highest_rate, text)) for command, text in filters.saved],
    )


def exhausted(filters):
    """Return the filters with rates that are always exceeded, None if they have none."""
    others = Filters(
        _LIMIT.sub(lambda limit: limit.group(1) + ("" if limit.group(2) else _NEVER), filters.nft),
        [(command, _SAVED_LIMIT.sub(_SAVED_NEVER, text)) for command, text in filters.saved],
    )
    return None if others == filters else others


def is_legacy(saved):
    """Return whether the kernel has what was saved in tables of iptables-legacy, which nft does not touch."""
    _command, text = saved
    return "(nf_tables)" not in text.partition("\n")[0]


def family(saved):
    """Return the family of the addresses in what was saved, ``ip6`` or ``ip``."""
    command, _text = saved
    return "ip6" if command[0].rpartition("/")[2].startswith("ip6") else "ip"


def without_counters(filters):
    """Return what iptables and ipset saved, as one text without what changes while the rules are the same."""
    saved = "".join(text for _command, text in filters.saved)
    return re.sub(r"\[\d+:\d+\]|^#.*$| timeout \d+$", "", saved, flags=re.MULTILINE)


def are_same(filters, others):
    """Return whether two are the same but for what they have counted."""
    return filters.saved == others.saved and _lines(filters.nft) == _lines(others.nft)


def _lines(text):
    return [line for line in COUNTED.sub("", text).splitlines() if line]


def load_saved(run, filters):
    """Load what iptables and ipset saved into the network namespace of this process."""
    for command, text in filters.saved:
        output(run, command, data=text)


def clear_saved(run, filters):
    """Take the rules of iptables away from the network namespace of this process, and let everything pass."""
    for command, text in filters.saved:
        if not command[0].endswith("ipset"):  # its sets drop nothing
            kept = [line for line in text.splitlines() if not line.startswith("-A")]
            output(run, command, data=_POLICY.sub(r"\1 ACCEPT", "\n".join(kept) + "\n"))


def _flags_to_keep(flags):
    kept = [flag for flag in flags.group(1).split(",") if flag not in ("owner", "persist")]
    return "\tflags " + ",".join(kept) if kept else ""


def _highest_rate(option):
    return f"--{option.group(option.lastgroup)} {_HIGHEST[option.lastgroup]}"


def _saved(run, find, program, variant, table):
    """Return ``(command, text)`` of a table of iptables, which has two variants: ``nft`` and ``legacy``."""
    named = f"{program}-{variant}"
    if not find(f"{named}-save"):
        named = program
        is_nft = find(f"{program}-save") and "nf_tables" in output(run, [find(f"{program}-save"), "-V"])
        if not find(f"{program}-save") or bool(is_nft) != (variant == "nft"):
            raise NotRehearsed(f"{program}-{variant}-save is not installed, which could read table {table} of iptables")
    return [find(f"{named}-restore")], output(run, [find(f"{named}-save"), "-t", table])


def _saved_sets(run, find):
    program = find("ipset")
    if program is None:
        raise NotRehearsed("ipset is not installed, which could read the sets that rules of iptables name")
    return [program, "restore", "-exist"], output(run, [program, "save"])


def output(run, command, **options):
    """Return what a program prints; raise NotRehearsed if it fails."""
    try:
        code, printed, errors = run(command, binary_data=True, cwd="/", environ_update={"TZ": "UTC"}, **options)
    except HostError as error:
        raise NotRehearsed(str(error))
    if code != 0:
        lines = errors.strip().splitlines()
        raise NotRehearsed(f"'{' '.join(command)}' failed: {lines[0] if lines else code}")
    if len(printed) > MOST_BYTES:
        raise NotRehearsed(f"the host's rules are more than {MOST_BYTES >> 20} MiB")
    return printed
