# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs, in few lines: which lines, in which block, how many, and never more than a report can carry."""

from ansible_collections.fleet.ports.plugins.module_utils._host import diffs

NOTHING = {"count": 0, "lines": []}


def difference(before, after, where="/etc/x"):
    (found,) = diffs.of_diffs(
        [{"before_header": where, "after_header": "another", "before": before, "after": after}]
    )
    assert found["where"] == where
    return found["unwanted"], found["missing"]


def test_no_diff_is_no_difference():
    assert diffs.of_diffs([]) == []


def test_lines_that_are_there_and_lines_that_are_not():
    assert difference("a\nb\nc\n", "a\nB\nc\nd\n") == (
        {"count": 1, "lines": ["b"]},
        {"count": 2, "lines": ["B", "d"]},
    )


def test_a_line_counts_as_often_as_it_is_there():
    assert difference("a\na\na\n", "a\n") == ({"count": 2, "lines": ["a", "a"]}, NOTHING)


def test_another_order_is_no_line():
    assert difference("a\nb\n", "b\na\n") == (NOTHING, NOTHING)


RULESET = """table inet filter {{
\tset clients_v4 {{
\t\ttype ipv4_addr
\t\telements = {{
\t\t\t192.0.2.1{}
\t\t}}
\t}}
\tchain ours {{
\t\ttcp dport {{ 1, 2 }} accept
{}\t}}
\tchain theirs {{
\t\tjump ours
\t}}
}}
insert rule inet filter input jump ours
"""


def test_a_rule_is_named_with_its_chain():
    unwanted, missing = difference(RULESET.format("", "\t\taccept\n"), RULESET.format("", ""))
    assert unwanted == {"count": 1, "lines": ["table inet filter, chain ours: accept"]}
    assert missing == NOTHING


def test_a_rule_that_is_in_another_chain_is_missing_in_this_one():
    unwanted, missing = difference("chain a {\nx\n}\nchain b {\n}\n", "chain a {\n}\nchain b {\nx\n}\n")
    assert (unwanted["lines"], missing["lines"]) == (["chain a: x"], ["chain b: x"])


def test_an_entry_that_is_not_the_last_any_more_is_the_same():
    unwanted, missing = difference(RULESET.format("", ""), RULESET.format(",\n\t\t\t192.0.2.2", ""))
    assert unwanted == NOTHING
    assert missing == {"count": 1, "lines": ["table inet filter, set clients_v4, elements: 192.0.2.2"]}


def test_unbalanced_braces_do_no_harm():
    assert difference("}\n}\na\n", "") == ({"count": 1, "lines": ["a"]}, NOTHING)


def test_many_and_long_lines_are_counted_and_cut():
    unwanted, _missing = difference("".join(f"{number} {'x' * 999}\n" for number in range(5000)), "")
    assert unwanted["count"] == 5000
    assert len(unwanted["lines"]) == diffs.MOST_LINES
    assert unwanted["lines"][9] == "9 " + "x" * 398 + "…"
