# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The NIM database as its master has it: the objects that ``lsnim -l`` prints, the addresses of the host names in them.

``lsnim -l`` prints a stanza for each object, with one attribute on each line. An attribute can occur several times
(``serves``), so each has a list of values. Lines in any other form are ignored.
"""

import ipaddress
import re
import socket
from collections import OrderedDict

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

_NAME = re.compile(r"(\S+):")
_ATTRIBUTE = re.compile(r"\s+(\S+)\s*=")

# What the resolver reports for a name without addresses. AIX does not define all of them.
_NO_ADDRESS = {getattr(socket, name, socket.EAI_NONAME) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")}


def read():
    """Return the output of ``lsnim -l``: all objects with all attributes. Raise HostError if it fails."""
    path = commands.find("lsnim")
    if path is None:
        raise HostError(
            "lsnim is missing, so this host is not a NIM master; run nim_topology_info on the master, "
            "or install the fileset bos.sysmgt.nim.master."
        )
    code, output, errors = commands.run([path, "-l"])
    if code != 0:
        complaint = " ".join((errors or output).split()) or f"exit status {code}"
        raise HostError(f"'lsnim -l' failed: {complaint.rstrip('.')}.")
    return output


def objects(text):
    """Return ``{name: {attribute: [value, …]}}`` for the output of ``lsnim -l``, in its order."""
    found = OrderedDict()
    attributes = {}  # attributes above the first name belong to no object
    for line in text.splitlines():
        name = _NAME.fullmatch(line.rstrip())
        if name:
            attributes = found.setdefault(name.group(1), {})
            continue
        attribute = _ATTRIBUTE.match(line)
        if attribute:
            attributes.setdefault(attribute.group(1), []).append(line[attribute.end():].strip())
    return found


def addresses(hostname):
    """Return the addresses of a host name that other hosts can reach, as text; an empty list for an unknown name.

    Raise HostError if the resolver fails: its failure does not mean that the name has no address.
    """
    try:
        found = socket.getaddrinfo(hostname, None, type=socket.SOCK_STREAM)
    except UnicodeError:  # no valid host name
        return []
    except socket.gaierror as error:
        if error.errno in _NO_ADDRESS:
            return []
        raise HostError(
            f"Cannot resolve the host name {hostname} of the NIM database: {error.strerror}."
            " Check the name service of this host and run the module again."
        )
    texts = [address[0].partition("%")[0] for _family, _type, _protocol, _name, address in found]
    return [text for text in dict.fromkeys(texts) if _is_reachable(ipaddress.ip_address(text))]


def _is_reachable(address):
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)
