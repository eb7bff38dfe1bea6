#!/usr/bin/python
# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name ports: write entries into the services database, and restore it."""

DOCUMENTATION = r"""
module: services_entries
short_description: Name ports in the services database
version_added: 1.0.0
description:
  - Makes the services database, C(/etc/services), contain the entries of a list, in one atomic write.
  - An entry that the database already contains is left as it is, in any spacing and any case of the protocol; so is a
    line that has the wanted name as an alias of the wanted port. Commented lines are not entries.
  - All other bytes of the file are kept, in their place and encoding, as are its line ends, owner, mode, access list
    and SELinux label.
  - What this module writes is recorded in C(/var/lib/fleet.ports/services.json). An entry that is no longer listed is
    removed, and O(state=absent) restores the file byte for byte, except for external modifications since.
options:
  entries:
    description:
      - All entries that this host needs. An entry that an earlier run wrote and that is no longer listed is removed.
      - Several entries may share a port, but a name must not have two ports of the same protocol.
      - Ignored with O(state=absent).
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
          - They are written with an entry that is added. An existing line with the same name and port is left as it is,
            even if it lacks them.
        type: list
        elements: str
        default: []
      comment:
        description: One line of text that explains the entry.
        type: str
        default: ""
  on_conflict:
    description:
      - What to do if the database gives a wanted name another port of the same protocol. The first line with a name
        counts, as for the C library.
      - With V(fail), the module fails, names the line, and changes nothing.
      - With V(replace), the line gets the wanted port or, if it has other names as well, loses this name, so that no
        other name is moved. O(state=absent) restores the line.
    type: str
    choices: [fail, replace]
    default: fail
  path:
    description:
      - The services database.
      - A host has one. To change the path, first restore the former file with O(state=absent).
      - Ignored with O(state=absent), which restores the file that was written.
    type: path
    default: /etc/services
  state:
    description: Whether the host has the entries (V(present)), or the former content of the file (V(absent)).
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
  - Root privileges (C(become=true)) are required to change anything.
  - A missing database is created with mode V(0644). O(state=absent) removes it, unless it was modified externally.
  - If C(/etc/services) is missing because the vendor's database is C(/usr/etc/services), the new file starts as a copy
    of that. The C library of SUSE (C(usrfiles) in C(nsswitch.conf)) would search both, but C(libnss_econf) and many
    programs read only the first of the two that exists, which would hide the vendor's entries. The vendor's file is
    never written.
  - On AIX, owner and mode of the file are kept, but not what its access list (C(aclget)) grants beyond the mode.
  - The GNU C library compares protocols in their exact case, so it does not find an entry for V(UDP) that is left as it
    is.
  - "Another name for a wanted port is not a conflict: Debian lists V(623/udp) as C(asf-rmcp), and C(rmcp) is added."
seealso:
  - name: FreeIPMI documentation
    description: Its chapter on IPMI port conflicts proposes the entries C(rmcp) and C(rmcps).
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

- name: Restore the services database
  fleet.ports.services_entries:
    state: absent
"""

RETURN = r"""
left:
  description:
    - Managed lines that were modified externally. They stay, and are no longer managed.
    - There is a warning for each of them.
  returned: success
  type: list
  elements: str
  sample: ["rmcp 623/udp # edited by hand"]
differences:
  description:
    - What differed on the host from what was asked for, also without diff mode, short enough for a report on many
      hosts.
    - In check mode, what a run would change.
  returned: success
  type: list
  elements: dict
  contains:
    where:
      description: The file, or the part of the running system.
      type: str
    unwanted:
      description: Lines that exist but should not.
      type: dict
      contains:
        count:
          description: Their number.
          type: int
        lines:
          description: The first ten of them.
          type: list
          elements: str
    missing:
      description: Lines that should exist but do not; the keys are those of RV(differences[].unwanted).
      type: dict
  sample:
    - where: /etc/services
      unwanted: {count: 0, lines: []}
      missing: {count: 1, lines: ["rmcp 623/udp"]}
owned:
  description:
    - The concerns that have a record on this host, V(services) among them if this module has lines in the database.
    - In check mode, those before the change.
  returned: success, and failure that this host causes
  type: list
  elements: str
  sample: ["services", "holds"]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._services import concern


def main():
    module = AnsibleModule(argument_spec=concern_module.argument_spec(concern), supports_check_mode=True)
    concern_module.run(module, concern)


if __name__ == "__main__":
    main()
