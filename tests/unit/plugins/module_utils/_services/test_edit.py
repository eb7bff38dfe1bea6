# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The edit of a services database: what it adds, leaves, replaces, refuses and takes back, case by case."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services.edit import compute, covering
from ansible_collections.fleet.ports.plugins.module_utils._services.entry import wanted

RMCP = "rmcp            623/udp"
RMCPS = "rmcps           664/udp"
BOTH = "rmcp:623/udp", "rmcps:664/udp"


def entries(*texts):
    """Read NAME[,ALIAS…]:PORT/PROTOCOL[#COMMENT] as entries."""
    options = []
    for text in texts:
        names, rest = text.split(":")
        socket, _sign, comment = rest.partition("#")
        port, protocol = socket.split("/")
        name, *aliases = names.split(",")
        options.append(dict(name=name, port=int(port), protocol=protocol, aliases=aliases, comment=comment))
    return wanted(options)


@pytest.mark.parametrize(
    "before, after",
    [
        (None, f"{RMCP}\n{RMCPS}\n"),
        ("", f"{RMCP}\n{RMCPS}\n"),
        ("ssh 22/tcp\n", f"ssh 22/tcp\n{RMCP}\n{RMCPS}\n"),
        ("ssh 22/tcp", f"ssh 22/tcp\n{RMCP}\n{RMCPS}\n"),
        ("ssh 22/tcp\nssh 22/tcp", f"ssh 22/tcp\nssh 22/tcp\n{RMCP}\n{RMCPS}\n"),
        ("ssh 22/tcp\r\n", f"ssh 22/tcp\r\n{RMCP}\r\n{RMCPS}\r\n"),
        ("ssh 22/tcp\r\nx 1/tcp", f"ssh 22/tcp\r\nx 1/tcp\r\n{RMCP}\r\n{RMCPS}\r\n"),
        ("a 1/tcp\r\nb 2/tcp\n", f"a 1/tcp\r\nb 2/tcp\n{RMCP}\n{RMCPS}\n"),
        ("caf\xe9 1/tcp \t\n\n\n", f"caf\xe9 1/tcp \t\n\n\n{RMCP}\n{RMCPS}\n"),
        ("#rmcp 623/udp\n", f"#rmcp 623/udp\n{RMCP}\n{RMCPS}\n"),
        ("#rmcp 700/udp\n", f"#rmcp 700/udp\n{RMCP}\n{RMCPS}\n"),
        ("asf-rmcp 623/udp\n", f"asf-rmcp 623/udp\n{RMCP}\n{RMCPS}\n"),
        ("rmcp 623/tcp\nRMCP 700/udp\n", f"rmcp 623/tcp\nRMCP 700/udp\n{RMCP}\n{RMCPS}\n"),
        ("rmcp\t623/UDP # x\n", f"rmcp\t623/UDP # x\n{RMCPS}\n"),
        ("asf-rmcp 623/udp rmcp\n", f"asf-rmcp 623/udp rmcp\n{RMCPS}\n"),
        ("rmcp 623/udp\nrmcps 664/udp", "rmcp 623/udp\nrmcps 664/udp"),
        # The second line of a name says nothing: a lookup ends at the first.
        ("rmcp 623/udp\nrmcp 700/udp\n", f"rmcp 623/udp\nrmcp 700/udp\n{RMCPS}\n"),
    ],
)
def test_names_that_are_missing_are_added(before, after):
    first = compute(before, None, entries(*BOTH))
    assert first.text == after
    assert compute(after, first.record, entries(*BOTH)) == first
    assert compute(after, first.record, []) == (before, None, [])


@pytest.mark.parametrize(
    "before, after",
    [
        ("rmcp 700/udp # old\n", "rmcp 623/udp # old\n"),
        ("rmcp 700/udp", "rmcp 623/udp"),
        ("x 1/tcp\r\n rmcp\t700/UDP\t\r\ny 2/tcp", "x 1/tcp\r\n rmcp\t623/UDP\t\r\ny 2/tcp"),
        ("rmcp 700/udp asf # x\n", f"asf 700/udp # x\n{RMCP}\n"),
        ("rmcp 700/udp\nrmcp 701/udp\n", "rmcp 623/udp\nrmcp 701/udp\n"),
        ("rmcp 700/udp rmcp\n", "rmcp 623/udp rmcp\n"),
        ("foo 700/udp rmcp bar # x\n", f"foo 700/udp bar # x\n{RMCP}\n"),
        ("foo 700/udp rmcp", f"foo 700/udp\n{RMCP}\n"),
        ("foo 700/udp rmcp\nrmcp 623/udp\n", "foo 700/udp\nrmcp 623/udp\n"),
        ("foo 700/udp rmcp\nrmcp 701/udp", "foo 700/udp\nrmcp 623/udp"),
    ],
)
def test_a_name_on_another_port_is_an_error_or_moved(before, after):
    with pytest.raises(HostError):
        compute(before, None, entries("rmcp:623/udp"))
    first = compute(before, None, entries("rmcp:623/udp"), replace=True)
    assert first.text == after
    assert compute(after, first.record, entries("rmcp:623/udp")) == first
    assert compute(after, first.record, []) == (before, None, [])


def test_the_error_names_the_line_as_the_file_counts_it():
    ours = compute("# top\n", None, entries("old:1/tcp"))
    text = ours.text + "rmcp 700/UDP\n"
    with pytest.raises(HostError) as error:
        compute(text, ours.record, entries("rmcp:623/udp"), source="/etc/services")
    assert str(error.value) == (
        "/etc/services, line 3, gives rmcp/udp the port 700, not 623; "
        "correct that line or set on_conflict to replace."
    )


def test_an_alias_with_another_port_is_a_conflict_only_if_it_would_be_written():
    text = "cmd 999/tcp\n"
    with pytest.raises(HostError) as error:
        compute(text, None, entries("shell,cmd:514/tcp"))
    assert "line 1, gives cmd/tcp the port 999, not 514" in str(error.value)
    assert compute(text, None, entries("shell,cmd:514/tcp"), replace=True).text == (
        "cmd 514/tcp\nshell           514/tcp         cmd\n"
    )
    foreign = "shell 514/tcp\ncmd 999/tcp\n"
    assert compute(foreign, None, entries("shell,cmd:514/tcp")) == (foreign, None, [])


def test_a_line_moves_only_if_all_its_names_are_wanted_there():
    assert compute("shell 9/tcp cmd\n", None, entries("shell,cmd:514/tcp"), replace=True).text == "shell 514/tcp cmd\n"
    assert compute("shell 9/tcp cmd x\n", None, entries("shell,cmd:514/tcp"), replace=True).text == (
        "x 9/tcp\nshell           514/tcp         cmd\n"
    )


def test_what_is_no_longer_listed_goes_and_the_rest_stays_where_it_is():
    first = compute("ssh 22/tcp", None, entries(*BOTH))
    others = first.text + "mine 1/tcp\n"
    second = compute(others, first.record, entries("rmcps:664/udp"))
    assert second.text == f"ssh 22/tcp\n{RMCPS}\nmine 1/tcp\n"
    assert compute(second.text, second.record, []).text == "ssh 22/tcp\nmine 1/tcp\n"


def test_the_missing_line_end_comes_back_only_when_none_of_our_lines_is_left():
    first = compute("ssh 22/tcp", None, entries(*BOTH))
    second = compute(first.text, first.record, entries("rmcps:664/udp"))
    assert second.text == f"ssh 22/tcp\n{RMCPS}\n"
    assert compute(second.text, second.record, []) == ("ssh 22/tcp", None, [])


def test_the_missing_line_end_comes_back_to_a_line_that_was_replaced():
    before = "ssh 22/tcp\nrmcp 700/udp"
    first = compute(before, None, entries(*BOTH), replace=True)
    assert first.text == f"ssh 22/tcp\nrmcp 623/udp\n{RMCPS}\n"
    second = compute(first.text, first.record, entries("rmcps:664/udp"))
    assert second.text == f"ssh 22/tcp\nrmcp 700/udp\n{RMCPS}\n"
    assert compute(second.text, second.record, []) == (before, None, [])


def test_a_new_comment_replaces_our_line():
    first = compute("ssh 22/tcp\n", None, entries("rmcp:623/udp#old"))
    second = compute(first.text, first.record, entries("rmcp:623/udp#new"))
    assert second.text == f"ssh 22/tcp\n{RMCP}         # new\n"
    assert compute(second.text, second.record, []) == ("ssh 22/tcp\n", None, [])


def test_a_new_port_replaces_our_line_and_starts_from_what_stood_there_first():
    first = compute("rmcp 700/udp\n", None, entries("rmcp:701/udp"), replace=True)
    second = compute(first.text, first.record, entries("rmcp:702/udp"), replace=True)
    assert second.text == "rmcp 702/udp\n"
    assert compute(second.text, second.record, []) == ("rmcp 700/udp\n", None, [])


@pytest.mark.parametrize("plan", [BOTH, ["rmcps:664/udp"], []])
def test_a_managed_line_that_was_modified_is_no_longer_managed_and_reported_once(plan):
    first = compute("ssh 22/tcp\n", None, entries(*BOTH))
    edited = first.text.replace(RMCP, "rmcp 623/udp # mine")
    again = compute(edited, first.record, entries(*plan))
    assert "rmcp 623/udp # mine\n" in again.text
    assert again.left == ["rmcp 623/udp # mine"]
    assert compute(again.text, again.record, []) == ("ssh 22/tcp\nrmcp 623/udp # mine\n", None, [])


def test_a_replaced_line_that_was_modified_stays_and_is_reported():
    first = compute("rmcp 700/udp\n", None, entries("rmcp:623/udp"), replace=True)
    assert compute("rmcp 800/udp\n", first.record, []) == ("rmcp 800/udp\n", None, ["rmcp 800/udp"])


def test_a_managed_line_that_was_removed_is_added_again_or_forgotten():
    first = compute("ssh 22/tcp\n", None, entries(*BOTH))
    removed = first.text.replace(RMCP + "\n", "")
    again = compute(removed, first.record, entries(*BOTH))
    assert again.text == f"ssh 22/tcp\n{RMCPS}\n{RMCP}\n"
    assert compute(again.text, again.record, []) == ("ssh 22/tcp\n", None, [])
    assert compute(removed, first.record, []) == ("ssh 22/tcp\n", None, [])


def test_a_managed_line_that_was_moved_to_another_port_is_a_conflict():
    first = compute("", None, entries("rmcp:623/udp"))
    moved = first.text.replace("623", "700")
    with pytest.raises(HostError):
        compute(moved, first.record, entries("rmcp:623/udp"))
    again = compute(moved, first.record, entries("rmcp:623/udp"), replace=True)
    assert again.text == first.text
    assert again.left == [moved.rstrip("\n")]
    assert compute(again.text, again.record, []) == (moved, None, [])


def test_lines_that_became_alike_are_told_apart():
    before = "a 1/udp\nb 2/udp\na 1/udp rmcp\na 1/udp\nrmcp 9/udp a\n"
    first = compute(before, None, entries("rmcp:623/udp"), replace=True)
    assert first.text == f"a 1/udp\nb 2/udp\na 1/udp\na 1/udp\na 9/udp\n{RMCP}\n"
    assert compute(first.text, first.record, []) == (before, None, [])


def test_other_line_ends_do_not_hide_our_lines():
    first = compute("ssh 22/tcp\n", None, entries(*BOTH))
    converted = first.text.replace("\n", "\r\n")
    assert compute(converted, first.record, entries(*BOTH)).text == converted
    assert compute(converted, first.record, []).text == "ssh 22/tcp\r\n"


def test_a_managed_last_line_that_lost_its_newline_is_recognized():
    first = compute("ssh 22/tcp", None, entries("rmcp:623/udp"))
    second = compute(first.text.rstrip("\n"), first.record, entries(*BOTH))
    assert second.text == f"ssh 22/tcp\n{RMCP}\n{RMCPS}\n"
    assert compute(second.text, second.record, []) == ("ssh 22/tcp", None, [])


def test_a_created_file_stays_if_it_was_modified_externally():
    first = compute(None, None, entries(*BOTH))
    assert compute(first.text + "mine 1/tcp\n", first.record, []).text == "mine 1/tcp\n"


def test_an_empty_file_is_not_taken_for_a_created_one():
    first = compute("", None, entries(*BOTH))
    assert compute(first.text, first.record, []) == ("", None, [])


def test_a_file_that_vanished_is_created_again():
    first = compute("ssh 22/tcp", None, entries(*BOTH))
    again = compute(None, first.record, entries(*BOTH))
    assert again.text == f"{RMCP}\n{RMCPS}\n"
    assert compute(again.text, again.record, []) == (None, None, [])
    assert compute(None, first.record, []) == (None, None, [])


@pytest.mark.parametrize("vendors", ["ssh 22/tcp\n", "ssh 22/tcp"])
def test_a_new_file_starts_as_the_vendors(vendors):
    first = compute(None, None, entries(*BOTH), template=vendors)
    assert first.text == f"ssh 22/tcp\n{RMCP}\n{RMCPS}\n"
    assert compute(first.text, first.record, []) == (None, None, [])
    others = compute(first.text + "mine 1/tcp\n", first.record, [])
    assert others.text == "ssh 22/tcp\nmine 1/tcp\n"


def test_no_file_is_created_if_the_vendors_has_all_entries():
    vendors = "rmcp 623/udp\nrmcps 664/udp\n"
    assert compute(None, None, entries(*BOTH), template=vendors) == (None, None, [])


def test_nothing_wanted_is_nothing_done():
    assert compute(None, None, []) == (None, None, [])
    assert compute("ssh 22/tcp", None, []) == ("ssh 22/tcp", None, [])


def test_a_line_that_was_given_a_newline_loses_it_when_it_is_the_last_again():
    first = compute("ssh 22/tcp", None, entries("rmcp:623/udp"))
    second = compute(first.text + "mine 1/tcp", first.record, entries(*BOTH))
    assert second.text == f"ssh 22/tcp\n{RMCP}\nmine 1/tcp\n{RMCPS}\n"
    third = compute(second.text, second.record, entries("rmcp:623/udp"))
    assert third.text == f"ssh 22/tcp\n{RMCP}\nmine 1/tcp"
    assert compute(third.text + "\n", third.record, entries("rmcp:623/udp")).text == third.text + "\n"
    assert compute(third.text, third.record, []).text == "ssh 22/tcp\nmine 1/tcp"


def test_a_change_that_a_crash_prevented_is_no_external_modification():
    before = "rmcp 700/udp\n"
    planned = compute(before, None, entries(*BOTH), replace=True)
    assert compute(before, covering(None, planned.record), []) == (before, None, [])


def test_a_covering_record_takes_back_either_text():
    before = "foo 700/udp rmcp"
    first = compute(before, None, entries("rmcp:623/udp"), replace=True)
    second = compute(first.text, first.record, entries("rmcps:664/udp"), replace=True)
    assert compute(before, covering(None, first.record), []).text == before
    both = covering(first.record, second.record)
    assert compute(first.text, both, []).text == before
    assert compute(second.text, both, []).text == before


def test_an_alias_that_is_taken_from_another_line_is_not_lost():
    before = "rmcp 623/udp asf-rmcp\nrmcps 664/udp\n"
    outcome = compute(before, None, entries("rmcps,rmcp:1/udp"), replace=True)
    assert outcome.text == "asf-rmcp 623/udp\nrmcps 1/udp\nrmcps           1/udp           rmcp\n"
    assert compute(outcome.text, outcome.record, entries("rmcps,rmcp:1/udp"), replace=True).text == outcome.text
    assert compute(outcome.text, outcome.record, []).text == before


def test_a_last_line_that_ends_with_half_an_end_is_given_back():
    before = "ssh 22/tcp\n# x\r"
    outcome = compute(before, None, entries("rmcp:623/udp"))
    assert compute(outcome.text, outcome.record, entries("rmcp:623/udp")).text == outcome.text
    assert compute(outcome.text, outcome.record, []).text == before
