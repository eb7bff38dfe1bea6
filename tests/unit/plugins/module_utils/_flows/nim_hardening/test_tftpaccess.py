# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/tftpaccess.ctl: one line is added, and no other one is changed."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import tftpaccess
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError


@pytest.mark.parametrize(
    "before, after",
    [
        (None, b"allow:/tftpboot\n"),
        (b"", b"allow:/tftpboot\n"),
        (b"# why", b"# why\nallow:/tftpboot\n"),
        (b"# NIM access\nallow:/tftpboot\n", b"# NIM access\nallow:/tftpboot\n"),
    ],
)
def test_the_line_is_added_where_it_is_missing_and_taken_away_again(before, after):
    assert tftpaccess.limited(before) == after
    if after != before:
        assert tftpaccess.given_back(after, before) == before


@pytest.mark.parametrize("line", ["deny:/", "allow:/", "allow:/tftpboot/", "deny:/etc"])
def test_a_line_of_others_is_named(line):
    with pytest.raises(HostError) as error:
        tftpaccess.limited("# of ours\n{0}\nallow:/tftpboot\n".format(line).encode())
    assert str(error.value) == (
        "/etc/tftpaccess.ctl has the line '{0}', so TFTP cannot be limited to /tftpboot; "
        "remove that line, or set nim_firewall_tftpaccess to false.".format(line)
    )


@pytest.mark.parametrize(
    "edited, before, result",
    [
        (None, None, None),
        (b"allow:/tftpboot\n# mine\n", None, b"# mine\n"),
        (b"allow:/tftpboot\nallow:/home\n", b"", b"allow:/home\n"),
        (b" allow:/tftpboot\n", b"", b""),
    ],
)
def test_giving_back_an_edited_file_takes_our_line_only(edited, before, result):
    assert tftpaccess.given_back(edited, before) == result
