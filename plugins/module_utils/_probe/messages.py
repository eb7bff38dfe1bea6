# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the probes say: a question that any service can bear, and an answer that only its listener can give.

A question may reach a real service, so it is one that no service acts upon: a call of ONC RPC (RFC 5531) to a program
that nobody has. RPC services answer that they don't have it, which proves as well that the question arrived. Its first
byte makes it no request of TFTP (1 to 6 in two bytes), BOOTP or DHCP (1 or 2 in one byte).

Behind the call stands a token: the run's nonce, hashed with the two ends. An answer is an RPC reply with another such
token. It is shorter than the question and is no call, so that nothing is amplified and nobody answers an answer.
Over TCP the listener speaks first, so that a real service hears nothing from us.
"""

import hashlib
import hmac
import struct

FIRST_BYTE = 0xF1
CALL, REPLY = 0, 1
RPC_VERSION = 2
# Of the numbers that RFC 5531 leaves to users. Procedure 0 does nothing wherever it is called.
PROGRAM, PROGRAM_VERSION, PROCEDURE = 0x2066706F, 1, 0
ACCEPTED, PROGRAM_UNAVAILABLE = 0, 1
NO_AUTHENTICATION = (0, 0)

MARK = b"fprt"
TOKEN_LENGTH = 16

_CALL = struct.Struct(">10I")
_REPLY = struct.Struct(">6I")
MARK_OFFSET = _CALL.size
QUESTION_LENGTH = _CALL.size + len(MARK) + TOKEN_LENGTH


def token(nonce, ends):
    """Return what a question between these ends proves itself with."""
    return _token(nonce, b"question", ends)


def question(nonce, ends):
    proof = token(nonce, ends)
    call = (_number(proof), CALL, RPC_VERSION, PROGRAM, PROGRAM_VERSION, PROCEDURE) + NO_AUTHENTICATION * 2
    return _CALL.pack(*call) + MARK + proof


def asked(data):
    """Return the token of a question, None for anything else."""
    if len(data) != QUESTION_LENGTH or data[MARK_OFFSET:-TOKEN_LENGTH] != MARK:
        return None
    proof = data[-TOKEN_LENGTH:]
    return proof if data[:8] == struct.pack(">II", _number(proof), CALL) else None


def answer(nonce, ends):
    reply = (_number(token(nonce, ends)), REPLY, ACCEPTED) + NO_AUTHENTICATION + (PROGRAM_UNAVAILABLE,)
    return _REPLY.pack(*reply) + MARK + _token(nonce, b"answer", ends)


def is_service_reply(data, nonce, ends):
    """Tell whether it is the reply of a real RPC service to our call; a stray one has another number."""
    return data[:8] == struct.pack(">II", _number(token(nonce, ends)), REPLY) and len(data) <= _REPLY.size


def _number(proof):
    """Return the number of the call, by which its reply is known."""
    return int.from_bytes(bytes([FIRST_BYTE]) + proof[:3], "big")


def _token(nonce, word, ends):
    text = " ".join(str(part) for part in ends).encode()
    return hmac.new(nonce, word + b" " + text, hashlib.sha256).digest()[:TOKEN_LENGTH]
