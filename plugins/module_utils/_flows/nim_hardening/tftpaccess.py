# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/etc/tftpaccess.ctl, which says what the TFTP server of AIX may serve.

Once the file exists, what it does not allow is denied, and a denial overrules a permission. So one line is enough, and a
line that denied the rest would deny /tftpboot as well.
"""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

PATH = "/etc/tftpaccess.ctl"
LINE = b"allow:/tftpboot"


def limited(data):
    """Return the content (None for no file) with which only /tftpboot is served."""
    rules = _rules(data)
    for rule in rules:
        if rule != LINE:
            raise HostError(
                f"{PATH} has the line {rule.decode('utf-8', 'replace')!r}, so TFTP cannot be limited to /tftpboot;"
                " remove that line, or set nim_firewall_tftpaccess to false."
            )
    return data if rules else _with_line(data)


def given_back(data, before):
    """Return the file without the added line; ``before`` is its content before the line was added."""
    if data == _with_line(before):
        return before
    rest = b"".join(line for line in (data or b"").splitlines(True) if line.strip() != LINE)
    return None if before is None and not rest else rest


def _with_line(data):
    data = data or b""
    return data + (b"\n" if data and not data.endswith(b"\n") else b"") + LINE + b"\n"


def _rules(data):
    lines = [line.strip() for line in (data or b"").splitlines()]
    return [line for line in lines if line and not line.startswith(b"#")]
