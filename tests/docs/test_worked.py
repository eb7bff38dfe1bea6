# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows in documents are those of the current matrix."""

from __future__ import annotations

import pytest

from . import pages, worked

MATRIX = (pages.REPOSITORY / "docs" / "matrix.md").read_text(encoding="utf-8")

EXAMPLE = """\
<!-- example: a -->

```yaml
nim_masters: {hosts: {m: {ansible_host: 192.0.2.1}}}
nim_clients: {hosts: {c: {ansible_host: 198.51.100.1%s}}}
```
"""


def test_the_rows_are_those_of_today(text):
    assert worked.computed(text) == text, "The rows of an example are out of date; run make docs-rows."


def test_no_table_of_rows_is_written_by_hand(text):
    header = "| " + " | ".join(worked.HEADER) + " |"
    assert text.count(header) == sum(1 for _match in worked.tables(text))


@pytest.mark.parametrize(
    "situation",
    ["push", "pull", "nimsh", "rsh", "nfs4", "gateway", "resources", "secondary", "retired"],
)
def test_each_situation_of_the_source_has_an_example(situation):
    assert situation in worked.examples(MATRIX)


def test_a_wrong_row_is_noticed():
    assert worked.computed(MATRIX.replace("| 3901 |", "| 3903 |")) == MATRIX
    assert MATRIX.count("| 3901 |") > 3


def test_rows_of_a_host_and_a_phase():
    found = worked.computed(EXAMPLE % "" + "\n<!-- rows of m in shell -->\n\nAfter.\n")
    assert found.endswith(
        "<!-- rows of m in shell -->\n\n"
        "| Phase | Service | From | Ports | To | Ports | Protocol | In the source |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| shell | nimaux | c | 3902 | m | 513-1023 | tcp | yes |\n"
        "| shell | nimsh | m | 513-1023 | c | 3901 | tcp | yes |\n"
        "\nAfter.\n"
    )


def test_rows_that_differ_from_another_example():
    other = EXAMPLE.replace("example: a", "example: b") % ", nim_install: pull"
    found = worked.computed(EXAMPLE % "" + other + "\n<!-- rows gone since a -->\n\n<!-- rows new since a -->\n")
    gone, new = found.split("<!-- rows gone since a -->")[1].split("<!-- rows new since a -->")
    assert [line.split(" | ")[1] for line in gone.strip().splitlines()[2:]] == ["nimaux", "nimsh"]
    assert new == "\n\nNo row.\n"


def test_services_with_the_same_ends_share_a_row():
    found = worked.computed(EXAMPLE % ", nim_communication: rsh" + "\n<!-- rows in shell -->\n")
    assert "| shell | shell, rlogin | m | 513-1023 | c | 514, 513 | tcp | yes |" in found


def test_an_unknown_example_is_an_error():
    with pytest.raises(KeyError, match="nobody"):
        worked.computed(EXAMPLE % "" + "\n<!-- rows new since nobody -->\n")
