# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How code is mutated: operators of Cosmic Ray, and some that it does not have.

Each operator of Cosmic Ray that replaces one comparison or calculation by another exists for every pair; one of each is
enough, and those that most tests kill by accident are left out.
"""

from __future__ import annotations

import parso
from cosmic_ray import plugins
from cosmic_ray.operators.operator import Operator

_OF_COSMIC_RAY = (
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator",
    "ZeroIterationForLoop", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Invert",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt", "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_Mul_Add",
    "ReplaceBinaryOperator_Div_Mul", "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Add",
    "ReplaceBinaryOperator_LShift_RShift", "ReplaceBinaryOperator_RShift_LShift", "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
)  # fmt: skip


class _OneWay(Operator):
    """An operator that has one mutation for each of some nodes."""

    def mutation_positions(self, node):
        if self.applies(node):
            yield node.start_pos, node.end_pos

    @classmethod
    def examples(cls):
        return ()


class _OneOfSeveral(Operator):
    """An operator that takes one node out of several with commas between them, and leaves a comma behind the last one."""

    def mutation_positions(self, node):
        for element in self._removable(node):
            yield element.start_pos, element.end_pos

    def mutate(self, node, index):
        gone = self._removable(node)[index]
        rest = [child for child in node.children[::2] if child is not gone]
        commas = node.children[1::2][:len(rest)]
        node.children = [child for pair in zip(rest, commas) for child in pair]
        return node

    def _removable(self, node):
        several = node.type in self.types and len(node.children) > 2 and node.children[1] == ","
        return self.removable(node.children[::2]) if several else []

    @classmethod
    def examples(cls):
        return ()


class RemoveCall(_OneWay):
    """Leave out a call that is a statement of its own, such as ``os.fsync(file)``."""

    @staticmethod
    def applies(node):
        return node.type == "atom_expr" and node.parent.type == "simple_stmt" and node.children[-1].type == "trailer"

    def mutate(self, node, index):
        return _parsed("pass", node)


class RemoveRaise(_OneWay):
    """Go on where an error is raised."""

    @staticmethod
    def applies(node):
        return node.type == "raise_stmt"

    def mutate(self, node, index):
        return _parsed("pass", node)


class ReturnNone(_OneWay):
    """Return None instead of a value that is no constant."""

    @staticmethod
    def applies(node):
        return node.type == "return_stmt" and node.children[1].get_code().strip() not in ("True", "False", "None")

    def mutate(self, node, index):
        return _parsed("return None", node)


class ReverseMembership(_OneWay):
    """Replace ``in`` by ``not in`` and the other way round."""

    @staticmethod
    def applies(node):
        return node.type == "comparison" and node.children[1].get_code().split() in (["in"], ["not", "in"])

    def mutate(self, node, index):
        word = "in" if node.children[1].get_code().split() == ["not", "in"] else "not in"
        node.children[1] = _parsed(word, node.children[1])
        return node


class RemoveElement(_OneOfSeveral):
    """Leave out one element of a tuple or list."""

    types = ("testlist_comp", "testlist", "testlist_star_expr")

    @staticmethod
    def removable(elements):
        return elements


class RemoveArgument(_OneOfSeveral):
    """Leave out an argument with a keyword, or the last one: without another, a call just fails."""

    types = ("arglist",)

    @staticmethod
    def removable(elements):
        return [element for element in elements if element.type == "argument" or element is elements[-1]]


def operators():
    """All the operators, in an order that does not change."""
    names = {name.rpartition("/")[2]: name for name in plugins.operator_names()}
    yield from (plugins.get_operator(names[name])() for name in _OF_COSMIC_RAY)
    yield from (RemoveCall(), RemoveRaise(), ReturnNone(), ReverseMembership(), RemoveElement(), RemoveArgument())


def _parsed(text, instead_of):
    """The text as a node with the white space that stands before the other node."""
    node = parso.parse(text).children[0]
    node.get_first_leaf().prefix = instead_of.get_first_leaf().prefix
    return node
