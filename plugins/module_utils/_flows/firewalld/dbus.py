# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A D-Bus client just large enough to put questions to a service on the system bus.

The standard library has none, and a process for each question costs ten times as much as the answer. Arguments are
strings; answers are whatever their signature says. See the D-Bus Specification, "Message Protocol".
"""

import os
import socket
import struct

SOCKET = "/run/dbus/system_bus_socket"
SECONDS = 300

_LONGEST = 1 << 27  # what the specification allows

_CALL, _RETURN, _ERROR = 1, 2, 3
_PATH, _INTERFACE, _MEMBER, _ERROR_NAME, _REPLY_TO, _DESTINATION, _SIGNATURE = 1, 2, 3, 4, 5, 6, 8
_NUMBERS = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d", "h": "I"}
_ALIGNED = dict(
    {code: struct.calcsize(form) for code, form in _NUMBERS.items()}, **{"s": 4, "o": 4, "a": 4, "(": 8, "{": 8}
)
_CLOSING = {"(": ")", "{": "}"}


class BusError(Exception):
    """The bus, or the service, refused or failed; the text says why."""


class Connection:
    """A connection to the system bus, as the user of this process."""

    def __init__(self, path=SOCKET):
        self._serial = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(SECONDS)
        try:
            self._socket.connect(path)
            self._socket.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
            if not self._socket.recv(1024).startswith(b"OK "):
                raise BusError("the bus refused this user")
            self._socket.sendall(b"BEGIN\r\n")
        except OSError as error:
            raise BusError(f"{path}: {error.strerror or error}")
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")

    def call(self, destination, path, interface, member, *arguments):
        """Call a method with strings and return the values that it returns, as a tuple."""
        self._serial += 1
        try:
            self._socket.sendall(_message(self._serial, destination, path, interface, member, arguments))
            while True:
                kind, fields, values = self._receive()
                if fields.get(_REPLY_TO) == self._serial:
                    break
        except OSError as error:
            raise BusError(f"{member}: {error.strerror or error}")
        if kind == _ERROR:
            raise BusError(str(values[0] if values else fields.get(_ERROR_NAME, "it does not say why")))
        return values

    def _receive(self):
        """Return the kind, the header fields and the values of the next message."""
        start = self._read(16)
        order = "<" if start[:1] == b"l" else ">"
        length, _serial, fields_length = struct.unpack_from(order + "III", start, 4)
        if length + fields_length > _LONGEST:
            raise BusError("the bus sent a message that is too long")
        header = start + self._read(_padded(fields_length, 8))
        body = self._read(length)
        try:
            fields = dict(_Reader(header, order, 12).value("a(yv)"))
            reader = _Reader(body, order, 0)
            return start[1], fields, tuple(reader.value(one) for one in _types(fields.get(_SIGNATURE, "")))
        except (IndexError, RecursionError, TypeError, ValueError, struct.error):
            raise BusError("the bus sent something that is not a message")

    def _read(self, length):
        data = bytearray()
        while len(data) < length:
            part = self._socket.recv(length - len(data))
            if not part:
                raise BusError("the bus closed the connection")
            data += part
        return bytes(data)


class _Reader:
    """Reads values out of a message, from an offset on."""

    def __init__(self, data, order, offset):
        self._data = data
        self._order = order
        self._offset = offset

    def value(self, signature):
        """Return the next value, of one complete type."""
        code = signature[0]
        self._offset = _padded(self._offset, _ALIGNED.get(code, 1))
        if code in _NUMBERS:
            form = self._order + _NUMBERS[code]
            self._offset += struct.calcsize(form)
            return struct.unpack_from(form, self._data, self._offset - struct.calcsize(form))[0]
        if code in "sog":
            length = self.value("y" if code == "g" else "u")
            self._offset += length + 1
            return self._data[self._offset - length - 1 : self._offset - 1].decode("utf-8", "replace")
        if code == "v":
            return self.value(self.value("g"))
        if code == "a":
            return self._array(signature[1:])
        return tuple(self.value(one) for one in _types(signature[1:-1]))

    def _array(self, element):
        length = self.value("u")
        self._offset = _padded(self._offset, _ALIGNED.get(element[0], 1))
        end = self._offset + length
        values = []
        while self._offset < end:
            begin = self._offset
            values.append(self.value(element))
            if self._offset == begin:
                raise ValueError(element)  # of what takes no room there would be no end
        return dict(values) if element[0] == "{" else values


def _types(signature):
    """Yield the complete types that a signature strings together."""
    start = 0
    while start < len(signature):
        end = start
        while signature[end] == "a":
            end += 1
        if signature[end] in _CLOSING:
            opening, depth = signature[end], 1
            while depth:
                end += 1
                depth += (signature[end] == opening) - (signature[end] == _CLOSING[opening])
        yield signature[start : end + 1]
        start = end + 1


def _message(serial, destination, path, interface, member, arguments):
    fields = [
        (_PATH, "o", path),
        (_INTERFACE, "s", interface),
        (_MEMBER, "s", member),
        (_DESTINATION, "s", destination),
    ]
    if arguments:
        fields.append((_SIGNATURE, "g", "s" * len(arguments)))
    header, body = bytearray(), bytearray()
    for code, kind, text in fields:
        _pad(header, 8)
        header += bytes([code, 1]) + kind.encode() + b"\0"
        _put(header, kind, text)
    for argument in arguments:
        _put(body, "s", argument)
    start = struct.pack("<cBBBIII", b"l", _CALL, 0, 1, len(body), serial, len(header))
    _pad(header, 8)
    return start + bytes(header) + bytes(body)


def _put(buffer, kind, text):
    data = text.encode()
    if kind != "g":
        _pad(buffer, 4)
    buffer += struct.pack("<B" if kind == "g" else "<I", len(data)) + data + b"\0"


def _pad(buffer, size):
    buffer += bytes(_padded(len(buffer), size) - len(buffer))


def _padded(length, size):
    return -(-length // size) * size
