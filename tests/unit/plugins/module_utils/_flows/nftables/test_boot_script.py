# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script that is loaded at boot: what it makes, and our line in it."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import boot_script
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.boot_script import BootScript, chains, find

SCRIPT = b"""#!/usr/sbin/nft -f
flush ruleset
define PORTS = { 22, 80 }
table inet filter {
  set s { type ipv4_addr; elements = { 192.0.2.1 } }
  chain input {   # chain comment {
    type filter hook input priority 0; policy drop;
    ct state vmap { established : accept, invalid : drop }
    log prefix "table text { chain text {" drop
  }
}
table short { chain forward { type filter hook forward priority 0; } }
add chain ip6 flat out { type filter hook output priority 0; }
chain inet flat out { type filter hook output priority 0; }
add chain bare in { type filter hook input priority 0; }
"""


@pytest.fixture(name="host")
def fixture_host(tmp_path, monkeypatch):
    ours = str(tmp_path / "fleet.ports.nft")
    monkeypatch.setattr(boot_script, "RULES_FILE", ours)
    monkeypatch.setattr(boot_script, "INCLUDE", 'include "%s"\n' % (ours[:-1] + "[" + ours[-1] + "]"))
    monkeypatch.setattr(boot_script, "USUAL_PATHS", (str(tmp_path / "usual.conf"),))
    monkeypatch.setattr(boot_script, "_INCLUDE_FOLDERS", ("/", str(tmp_path)))
    return tmp_path


def after(files, path):
    return {file.path: file.after for file in files}[str(path)]


def test_the_line_matches_our_file_only_and_is_a_glob():
    assert boot_script.INCLUDE == 'include "/etc/fleet.ports.nf[t]"\n'


def test_chains_are_those_in_blocks_and_flat_ones():
    assert chains(SCRIPT) == {
        ("inet", "filter", "input"),
        ("ip", "short", "forward"),
        ("ip6", "flat", "out"),
        ("inet", "flat", "out"),
        ("ip", "bare", "in"),
    }


def test_chains_of_included_files_count(host):
    (host / "d").mkdir()
    (host / "d" / "a.nft").write_text("table inet a { chain in { } }\n")
    (host / "b.nft").write_text("chain in { }\n")
    script = 'include "%s/d/*.nft"\ntable inet b {\n  include "b.nft"\n}\ninclude "/does/not/exist"\n' % host
    assert chains(script.encode()) == {("inet", "a", "in"), ("inet", "b", "in")}


def test_a_script_that_includes_itself_ends(host):
    (host / "loop.nft").write_text('include "%s/loop.nft"\ntable t { chain c { } }\n' % host)
    assert chains((host / "loop.nft").read_bytes()) == {("ip", "t", "c")}


@pytest.mark.parametrize(
    "broken", [b"}", b"chain {", b"table {\nchain x {", b'"', b"table inet {chain{}}", b"\xff\xfe{"]
)
def test_a_broken_script_is_read_without_a_word(broken):
    assert isinstance(chains(broken), set)


def test_the_script_is_the_one_the_service_loads(host):
    own, usual = host / "own.conf", host / "usual.conf"
    for path in (own, usual):
        path.write_text("")
    template = "{ path=/usr/sbin/nft ; argv[]=/usr/sbin/nft %s %s ; ignore_errors=no ; status=0/0 }"
    assert find(template % ("-f", own)) == str(own)
    assert find(template % ("-If", own)) == str(own)
    assert find(template % ("--file", own)) == str(own)
    assert find("{ path=/sbin/nft ; argv[]=/sbin/nft flush ruleset; include \"%s\"; ; }" % own) == str(own)
    assert find("") == str(usual)
    # What the service does not load is not loaded, even if it is where distributions keep it.
    assert find(template % ("-f", host / "missing")) is None
    assert find("{ path=/sbin/nft ; argv[]=/sbin/nft flush ruleset ; }") is None
    usual.unlink()
    assert find("") is None


@pytest.mark.parametrize("original", [SCRIPT, SCRIPT.rstrip(b"\n"), b"", b"\xff\r\n"])
def test_the_line_goes_in_last_and_out_again_byte_for_byte(host, original):
    path = host / "nftables.conf"
    path.write_bytes(original)
    with_line = after(BootScript(str(path)).changes("rules\n", None), path)
    assert with_line.startswith(original)
    assert with_line.decode("latin-1").splitlines()[-2] == boot_script.INCLUDE.strip()
    path.write_bytes(with_line)
    assert after(BootScript(str(path)).changes("rules\n", None), path) == with_line
    assert after(BootScript(str(path)).changes("", None), path) == original


def test_our_file_has_the_rules_and_goes_without_any(host):
    files = BootScript(None).changes("rules\n", None)
    assert after(files, host / "fleet.ports.nft") == boot_script.HEADER.encode() + b"rules\n"
    assert after(BootScript(None).changes("", None), host / "fleet.ports.nft") is None


def test_the_script_of_an_earlier_service_loses_the_line(host):
    former, path = host / "former.conf", host / "nftables.conf"
    path.write_bytes(SCRIPT)
    former.write_bytes(SCRIPT + b"# more\n")
    former.write_bytes(after(BootScript(str(former)).changes("rules\n", None), former))
    files = BootScript(str(path)).changes("rules\n", str(former))
    assert after(files, former) == SCRIPT + b"# more\n"
    assert boot_script.INCLUDE.encode() in after(files, path)


def test_our_own_file_makes_none_of_the_hosts_chains(host):
    """What we declare for a table that is gone must not look like the administrator's."""
    path = host / "nftables.conf"
    path.write_bytes(SCRIPT)
    path.write_bytes(after(BootScript(str(path)).changes("rules\n", None), path))
    (host / "fleet.ports.nft").write_text("table inet gone { chain input { jump x; } }\n")
    assert not BootScript(str(path)).makes(("inet", "gone", "input"))
    assert BootScript(str(path)).makes(("inet", "filter", "input"))


def test_the_rehearsal_is_all_of_it_on_an_empty_ruleset_and_keeps_line_numbers(host):
    path = host / "nftables.conf"
    path.write_bytes(SCRIPT)
    path.write_bytes(after(BootScript(str(path)).changes("rules\n", None), path))
    assert BootScript(str(path)).whole("ours\n") == b"flush ruleset; " + SCRIPT + b"\nours\n"


@pytest.mark.parametrize(
    "script, may_drop",
    [
        (b"", False),
        (b"table inet filter { chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept } }", False),
        (b"# nothing is to drop here\n", False),
        (SCRIPT, True),
        (b"table ip f { chain i { type filter hook input priority 0; ip saddr vmap { 192.0.2.1 : drop, 192.0.2.2 : accept } } }", True),
    ],
)
def test_a_script_without_any_verdict_that_stops_a_packet_is_known(host, script, may_drop):
    path = host / "nftables.conf"
    path.write_bytes(script)
    assert BootScript(str(path)).may_drop() is may_drop
    assert BootScript(None).may_drop() is False
