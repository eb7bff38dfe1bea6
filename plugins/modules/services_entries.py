#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name ports: bring the services database to a list of entries, and give it back."""

DOCUMENTATION = r"""
module: services_entries
short_description: Name ports in the services database
version_added: 1.0.0
description:
  - Brings the entries of a list into the services database, C(/etc/services), in one atomic edit.
  - An entry that is there already, in any spacing and any case of the protocol, is left as it is; so is a line that has
    the wanted name as an alias of the wanted port. Commented lines are no entries.
  - Every byte that others wrote stays, in its place and in its encoding; so do owner, mode, access list and SELinux
    label of the file, and the line ends it uses.
  - What this module wrote is remembered in C(/var/lib/fleet.ports/services.json). What is no longer listed is taken
    away again, and O(state=absent) gives the file back byte for byte, but for what others have changed since.
options:
  entries:
    description:
      - All entries that this host is to have. An entry that an earlier run wrote and that is not listed any more is
        taken away.
      - Two entries may share a port, but not give one name two ports of the same protocol.
      - Not used with O(state=absent).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the service, in ASCII, without blanks, V(#) and V(/).
        type: str
        required: true
      port:
        description: Port, V(1) to V(65535).
        type: int
        required: true
      protocol:
        description: Protocol, usually V(udp) or V(tcp), in any case; it is written in lower case.
        type: str
        required: true
      aliases:
        description:
          - Other names for the port.
          - They go into a line that is added. A line of the same name and port that somebody else wrote is left alone,
            also if it lacks them.
        type: list
        elements: str
        default: []
      comment:
        description: One line of text that explains the entry.
        type: str
        default: ""
  on_conflict:
    description:
      - What to do where the database gives a wanted name another port of the same protocol. The first line with a name
        is the one that counts, as it is for the C library.
      - With V(fail), fail with a sentence that names the line, and change nothing.
      - With V(replace), give that line the wanted port or, if it has other names too, take this one out of it, so that
        no other name moves. O(state=absent) restores the line.
    type: str
    choices: [fail, replace]
    default: fail
  path:
    description:
      - The services database.
      - A host has one. To use another file than an earlier run, give that one back first with O(state=absent).
      - Not used with O(state=absent), which gives back the file that was written.
    type: path
    default: /etc/services
  state:
    description: Whether the host has the entries, or is given back as it was before.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - fleet.ports._attributes
  - fleet.ports._attributes.host
attributes:
  platform:
    platforms: linux, aix
notes:
  - Needs root (C(become=true)) to change anything.
  - A missing database is created with mode V(0644), and removed by O(state=absent) if nobody else has written to it.
  - Where C(/etc/services) is missing because the vendor's stands in C(/usr/etc/services), the new file starts as a copy
    of that. The C library of SUSE (C(usrfiles) in C(nsswitch.conf)) would search both, but C(libnss_econf) and many
    programs read the first of the two that exists, and a file with our lines only would hide all others from them.
    The vendor's file itself is never written.
  - On AIX, owner and mode of the file are kept. What an access list of AIX (C(aclget)) says beyond its mode is not.
  - The GNU C library compares protocols case by case, so it doesn't find an entry for V(UDP) that is left alone.
  - "Another name for a wanted port is no conflict: Debian lists V(623/udp) as C(asf-rmcp), and C(rmcp) is added."
seealso:
  - name: FreeIPMI documentation
    description: Its chapter on fencing IPMI ports proposes the entries C(rmcp) and C(rmcps).
    link: https://www.gnu.org/software/freeipmi/
  - name: services(5)
    description: The format of the database.
    link: https://man7.org/linux/man-pages/man5/services.5.html
author:
  - fleet.ports contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Name the ports of the baseboard management controller
  fleet.ports.services_entries:
    entries:
      - name: rmcp
        port: 623
        protocol: udp
        comment: Aux Bus Shunt (Primary RMCP Port)
      - name: rmcps
        port: 664
        protocol: udp
        comment: Secure Aux Bus (Secondary RMCP Port)

- name: Name the registration port of NIM, wherever the name was before
  fleet.ports.services_entries:
    entries:
      - name: nimreg
        port: 1059
        protocol: tcp
    on_conflict: replace

- name: Give the services database back
  fleet.ports.services_entries:
    state: absent
"""

RETURN = r"""
left:
  description:
    - Lines that this module wrote or changed and that others have edited since. They are theirs from now on and stay.
    - There is a warning for each.
  returned: success
  type: list
  elements: str
  sample: ["rmcp 623/udp # edited by hand"]
differences:
  description:
    - What of the host was not as asked for, also without diff mode, short enough for a report on many hosts.
    - In check mode it is what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that are there and should not be.
      type: dict
      contains:
        count:
          description: How many there are.
          type: int
        lines:
          description: The first ten.
          type: list
          elements: str
    missing:
      description: Lines that should be there and are not; it has the keys of RV(differences[].unwanted).
      type: dict
  sample:
    - where: /etc/services
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["rmcp 623/udp"]}
owned:
  description:
    - The concerns of which this host has a record, V(services) among them if this module has lines in the database.
    - In check mode it is what the host has, not what it would have.
  returned: success, and if the host is in the way of what is asked for
  type: list
  elements: str
  sample: ["services", "holds"]
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host import (
    atomic_file,
    diffs as _differences,
    host_lock,
    records,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._services.edit import covering, settle
from ansible_collections.fleet.ports.plugins.module_utils._services.entry import wanted
from ansible_collections.fleet.ports.plugins.module_utils._services.lines import ENCODING

# Where a vendor keeps the database of a system whose /etc is the administrator's alone.
VENDORS = {"/etc/services": "/usr/etc/services"}

ENTRY = dict(
    name=dict(type="str", required=True),
    port=dict(type="int", required=True),
    protocol=dict(type="str", required=True),
    aliases=dict(type="list", elements="str", default=[]),
    comment=dict(type="str", default=""),
)
OPTIONS = dict(
    entries=dict(type="list", elements="dict", default=[], options=ENTRY),
    on_conflict=dict(type="str", choices=["fail", "replace"], default="fail"),
    path=dict(type="path", default="/etc/services"),
    state=dict(type="str", choices=["present", "absent"], default="present"),
)


def main():
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    try:
        with host_lock.taken(module):
            result = run(module)
    except HostError as error:
        module.fail_json(msg=str(error), owned=records.owned())
    module.exit_json(**result)


def run(module):
    """Parse, read, compute, compare, write."""
    present = module.params["state"] == "present"
    entries = wanted(module.params["entries"]) if present else []

    record = records.Record("services")
    old = record.load()
    path = _database(old, module.params["path"], present)
    before = _read(path)
    source, template = (path, "") if before is not None else _vendors(path)

    replace = module.params["on_conflict"] == "replace"
    after = settle(before, old, entries, template=template, replace=replace, source=source)

    if not module.check_mode:
        _write(path, before, after, record, old)
    for line in after.left:
        module.warn(f"{path}: somebody has edited the line {_shown(line)!r}; it is theirs now and stays.")
    diffs = _diffs(path, before, after.text)
    return dict(
        changed=after.text != before,
        diff=diffs if module._diff else [],
        differences=_differences.of_diffs(diffs),
        left=[_shown(line) for line in after.left],
        owned=records.owned(),
    )


def _database(old, path, present):
    """Return the path of the host's one database."""
    if not os.path.isabs(path):
        raise HostError(f"The path of the services database is {path!r}; give it as an absolute path.")
    if old is None:
        return path
    if present and path != old["path"]:
        raise HostError(
            f"The services of this host stand in {old['path']}; give that back with state absent before you use {path}."
        )
    return old["path"]


def _read(path):
    data = atomic_file.read(path)
    return None if data is None else data.decode(ENCODING)


def _vendors(path):
    """Return where the content of a file that is to be created comes from, and that content."""
    content = _read(VENDORS[path]) if path in VENDORS else None
    return (path, "") if content is None else (VENDORS[path], content)


def _write(path, before, after, record, old):
    """Change the file under a record that covers both what stands there now and what will."""
    if after.text != before:
        _keep(record, path, covering(old, after.record))
        try:
            if after.text is None:
                atomic_file.remove(path)
            else:
                atomic_file.write(path, after.text.encode(ENCODING))
        except HostError:
            _keep(record, path, old)
            raise
    _keep(record, path, after.record)


def _keep(record, path, content):
    if content is None:
        record.remove()
    else:
        record.save(dict(content, path=path))


def _diffs(path, before, after):
    if before == after:
        return []
    return [
        dict(
            before="" if before is None else _shown(before),
            after="" if after is None else _shown(after),
            before_header=path + (" (missing)" if before is None else ""),
            after_header=path + (" (removed)" if after is None else ""),
        )
    ]


def _shown(text):
    """Return the database's text as a person reads it: UTF-8, and what is none as an escape."""
    return text.encode(ENCODING).decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    main()
