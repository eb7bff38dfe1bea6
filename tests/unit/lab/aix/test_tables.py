# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated tables do what IBM's command reference says of genfilt and its family."""

import pytest

ANY = "-s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0"

# A listing as [P] prints it.
FRESH = """\
1|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|no|udp|eq|4001|eq|4001|both|both|no|all packets|0|all|0|||Default Rule
2|*** Dynamic filter placement rule for IKE tunnels ***|no
0|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||Default Rule
"""


def numbers_and_names(console, line="lsfilt -v4 -O"):
    lines = [text.split("|") for text in console.prints(line).splitlines()]
    return [(fields[0], fields[-1]) for fields in lines]


def test_a_fresh_table_is_listed_as_field_notes_show(console):
    assert console.prints("lsfilt -v4 -O") == FRESH


def test_a_fresh_ipv6_table_has_no_ike_rule(console):
    assert console.prints("lsfilt -v6 -O") == (
        "1|*** Dynamic filter placement rule for IKE tunnels ***|no\n"
        "0|permit|::|0|::|0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||Default Rule\n"
    )


def test_the_long_form_is_the_one_of_the_stig(console):
    console.prints(f"genfilt -v 4 -a D {ANY} -c icmp -O eq -P 13 -r B -w I -i all")
    assert console.prints("lsfilt -v4 -n3") == (
        "Beginning of IPv4 filter rules.\nRule 3:\nRule action         : deny\nSource Address      : 0.0.0.0\n"
        "Source Mask         : 0.0.0.0\nDestination Address : 0.0.0.0\nDestination Mask    : 0.0.0.0\n"
        "Source Routing      : yes\nProtocol            : icmp\nICMP type           : any 0\n"
        "ICMP code           : eq  13\nScope               : both\nDirection           : inbound\n"
        "Logging control     : no\nFragment control    : all packets\nTunnel ID number    : 0\n"
        "Interface           : all\nAuto-Generated      : no\nExpiration Time     : 0\nDescription         : \n\n"
        "End of IPv4 filter rules.\n"
    )


def test_rules_go_to_the_end_or_before_a_number_and_renumber_the_rest(console):
    assert "Filter rule 3 for IPv4 has been added successfully." in console.prints(f"genfilt -v4 -a P {ANY} -D one")
    console.prints(f"genfilt -v4 -a P {ANY} -D two")
    console.prints(f"genfilt -v4 -n 3 -a P {ANY} -D three")
    assert numbers_and_names(console)[2:] == [("3", "three"), ("4", "one"), ("5", "two"), ("0", "Default Rule")]
    console.prints("rmfilt -v4 -n 3")
    assert numbers_and_names(console)[2:] == [("3", "one"), ("4", "two"), ("0", "Default Rule")]
    console.prints("mvfilt -v4 -p 4 -n 3")
    assert numbers_and_names(console)[2:] == [("3", "two"), ("4", "one"), ("0", "Default Rule")]
    console.prints("chfilt -v4 -n 3 -D three -a D")
    assert console.prints("lsfilt -v4 -O -n 3") == (
        "3|deny|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||three\n"
    )


@pytest.mark.parametrize("line", ["rmfilt -v4 -n 1", "rmfilt -v4 -n 2", "chfilt -v4 -n 1 -a D", "mvfilt -v4 -p 1 -n 3"])
def test_rules_of_the_system_stay(console, line):
    console.prints(f"genfilt -v4 -a P {ANY}")
    assert "is predefined and can't be changed or removed" in console.fails(line)


def test_removing_all_spares_the_system(console):
    console.prints(f"genfilt -v4 -a P {ANY}")
    console.prints("rmfilt -v4 -n all")
    assert console.prints("lsfilt -v4 -O") == FRESH


def test_a_destination_without_a_mask_is_one_host(console):
    console.prints("genfilt -v4 -a P -s 10.0.0.0 -m 255.0.0.0 -d 192.0.2.1")
    assert "|10.0.0.0|255.0.0.0|192.0.2.1|255.255.255.255|yes|" in console.prints("lsfilt -v4 -O")


@pytest.mark.parametrize(
    "line",
    [
        "genfilt -a P -s 0 -m 0",
        "genfilt -v4 -a P -m 0",
        "genfilt -v4 -a P -s 0",
        "genfilt -v4 -a X -s 0 -m 0",
        "genfilt -v4 -a P -s 2001:db8::1 -m 0",
        "genfilt -v4 -a P -s nowhere -m 0",
        "genfilt -v6 -a P -s :: -m 129",
        "genfilt -v4 -a P -s 0 -m 0 -c sctp",
        "genfilt -v4 -a P -s 0 -m 0 -o in",
        "genfilt -v4 -a P -s 0 -m 0 -o eq -p 65536",
        "genfilt -v4 -n 1 -a P -s 0 -m 0",
        "genfilt -v4 -n 9 -a P -s 0 -m 0",
        "genfilt -v4 -n x -a P -s 0 -m 0",
        "genfilt -v4 -a P -s 0 -m 0 -e soon",
        "genfilt -v4 -a P -s 0 -m 0 -Z",
        "rmfilt -v4 -n 9",
        "lsfilt -v4 -a -n 1",
        "mkfilt -v4 -u -d",
    ],
)
def test_wrong_arguments_are_refused_and_change_nothing(console, line):
    assert console.fails(line)
    assert console.prints("lsfilt -v4 -O") == FRESH


def test_only_root_edits(console):
    console.host.change(is_root=False)
    for program in ("genfilt", "chfilt", "rmfilt", "mvfilt", "mkfilt", "expfilt", "impfilt", "mkdev", "startsrc"):
        assert "you must be root" in console.fails(program)
    assert console.prints("lsfilt -v4 -O") == FRESH


def test_a_table_takes_force_with_mkfilt_only_and_loses_its_descriptions(console):
    console.prints("mkdev -c ipsec -t 4")
    console.prints("mkfilt -v4 -u")
    console.prints(f"genfilt -v4 -a P {ANY} -D one")
    assert len(numbers_and_names(console, "lsfilt -v4 -a -O")) == 3
    console.prints("mkfilt -v4 -u")
    assert numbers_and_names(console, "lsfilt -v4 -a -O") == [("1", ""), ("2", "no"), ("3", ""), ("4", "")]
    console.prints("mkfilt -v4 -d")
    assert console.prints("lsfilt -v4 -a -O") == ""


def test_the_default_is_set_as_issues_show(console):
    console.prints("mkdev -l ipsec -t 4")
    assert console.prints("mkfilt -v4 -u -z D") == (
        "Default rule for IPv4 in ODM has been changed.\nSuccessfully set default action to DENY\n"
    )
    assert console.prints("lsfilt -v4 -n0 -O").startswith("0|deny|")


def test_without_the_device_nothing_is_loaded(console):
    assert "ipsec_v4 is not available" in console.fails("mkfilt -v4 -u")
    console.prints("mkdev -c ipsec -t 4")
    assert "ipsec_v6 is not available" in console.fails("mkfilt -u")


def test_open_conditions_are_found(console):
    console.prints(f"genfilt -v4 -a I {ANY}")
    assert "IF without ENDIF" in console.fails("ckfilt -v4")
    console.prints(f"genfilt -v4 -a E {ANY}")
    console.prints("ckfilt -v4")
    console.prints(f"genfilt -v4 -a L {ANY}")
    assert "ELSE without IF" in console.fails("ckfilt -v4")


def test_an_export_is_no_backup(console, tmp_path):
    console.prints(f"genfilt -v4 -a P {ANY} -w I -D mark")
    console.prints(f"expfilt -v4 -f {tmp_path}/there")
    console.prints("rmfilt -v4 -n all")
    console.prints(f"impfilt -v4 -f {tmp_path}/there")
    assert "|outbound|no|all packets|0|all|0|||\n" in console.prints("lsfilt -v4 -O")


def test_an_export_as_is_keeps_the_direction(console, tmp_path):
    console.prints(f"genfilt -v4 -a P {ANY} -w I")
    console.prints(f"expfilt -v4 -r -f {tmp_path}/there")
    console.prints(f"impfilt -f {tmp_path}/there")
    assert console.prints("lsfilt -v4 -O").count("|inbound|") == 2


def test_devices_are_listed_as_the_stig_shows(console):
    console.prints("mkdev -c ipsec -t 4")
    console.prints("mkdev -c ipsec -t 6")
    assert console.prints("lsdev -Cc ipsec") == (
        "ipsec_v4 Available IP Version 4 Security Extension\nipsec_v6 Available IP Version 6 Security Extension\n"
    )
    console.prints("rmdev -l ipsec_v6")
    assert "ipsec_v6 Defined" in console.prints("lsdev -C -c ipsec")
    console.prints("rmdev -d -l ipsec_v6")
    assert "ipsec_v6" not in console.prints("lsdev -Cc ipsec")


def test_each_start_of_a_program_is_written_down(console):
    console.type("lsfilt -v4 -O")
    console.type("genfilt -v4")
    assert console.host.calls() == [["lsfilt", "-v4", "-O"], ["genfilt", "-v4"]]
    assert console.host.calls("genfilt") == [["genfilt", "-v4"]]


@pytest.mark.parametrize("is_done", [False, True])
def test_an_ordered_call_fails_once(console, is_done):
    console.host.fault("genfilt", call=2, done=is_done)
    console.prints(f"genfilt -v4 -a P {ANY}")
    assert "An error was ordered" in console.fails(f"genfilt -v4 -a P {ANY}")
    console.prints(f"genfilt -v4 -a P {ANY}")
    assert len(numbers_and_names(console)) == (6 if is_done else 5)


def test_without_the_fileset_there_are_no_programs(console):
    assert console.host.has("genfilt") and not console.host.has("iptables")
    state = console.host.store.read()
    state["filesets"] = {}
    console.host.store.create(state)
    assert not console.host.has("genfilt") and console.host.has("lssrc")
    assert "not in the predefined database" in console.fails("mkdev -c ipsec -t 4")
