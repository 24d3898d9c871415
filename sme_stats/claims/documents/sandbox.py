"""What a template may be made of: refused before it is compiled, or out of its reach when it runs.

Lists of what is allowed, not of what is dangerous; and bounds that count, not a clock, so that a
template passes or fails on any machine.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sme_stats.claims.documents.numbers import Number

#: Words and signs of all expressions; loops are over countries and years; texts are labels.
MOST_TOKENS, MOST_LOOPS, MOST_TEXT = 25_000, 3, 1000
#: What a template has no use for, or could grow without end by, and what to say of it.
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "import",
    nodes.Extends: "extends", nodes.Macro: "macro", nodes.CallBlock: "call",
    nodes.AssignBlock: "set … endset", nodes.FilterBlock: "filter … endfilter",
    nodes.Add: "arithmetic", nodes.Sub: "arithmetic", nodes.Mul: "arithmetic",
    nodes.Div: "arithmetic", nodes.FloorDiv: "arithmetic", nodes.Mod: "arithmetic",
    nodes.Pow: "arithmetic", nodes.Concat: "joining with ~", nodes.Block: "block",
}  # fmt: skip
#: Attributes that can be read: a number's definition, and a loop's place.
_ATTRIBUTES = ("geo", "year", "size", "measure", "unit", "value", "lower", "upper", "flag",
               "dataset", "vintage")  # fmt: skip
_LOOP = ("index", "index0", "first", "last", "length")


class Sandbox(ImmutableSandboxedEnvironment):
    """Reaches the attributes of numbers and of loops, and calls what it was given."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Nothing by default; a list of what is safe, not of what is not."""
        if isinstance(obj, Number):
            return attr in _ATTRIBUTES
        return type(obj).__name__ == "LoopContext" and attr in _LOOP

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Attribute of a number's definition."""
        if isinstance(obj, Number) and attribute in _ATTRIBUTES:
            return getattr(obj.evidence, attribute)
        if type(obj).__name__ == "LoopContext" and attribute in _LOOP:
            return super().getattr(obj, attribute)
        if isinstance(obj, StrictUndefined):
            str(obj)  # raises, with the name
        raise SecurityError(f"{attribute!r} is no attribute that a template can read")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Items of lists and dictionaries that the template wrote."""
        if isinstance(obj, list | tuple | dict):
            return super().getitem(obj, argument)
        return self.getattr(obj, str(argument))


def prepare(environment: Environment, template: str) -> nodes.Template:
    """Parse a template, refuse what it may not hold, and put its loops through the counter.

    Raises
    ------
    TemplateSyntaxError
        With the line, if it is broken or holds what it may not.
    """
    words = (kind for _, kind, _ in environment.lex(template) if kind != "data")
    if next(islice(words, MOST_TOKENS, None), None):
        raise TemplateSyntaxError(f"its expressions have over {MOST_TOKENS:,} words and signs", 1)
    tree = environment.parse(template)
    for node in tree.find_all(tuple(_REFUSED)):
        word = next(word for kind, word in _REFUSED.items() if isinstance(node, kind))
        raise TemplateSyntaxError(f"a template cannot use {word}", node.lineno)
    for node in tree.find_all((nodes.List, nodes.Tuple, nodes.Dict)):
        if getattr(node, "ctx", "load") == "load" and next(node.find_all(nodes.Name), None):
            raise TemplateSyntaxError("lists hold texts and numbers as written", node.lineno)
    for text in tree.find_all(nodes.Const):
        if isinstance(text.value, str) and len(text.value) > MOST_TEXT:
            raise TemplateSyntaxError(f"texts have at most {MOST_TEXT} characters", text.lineno)
    _count_loops(tree, 0)
    return tree


def _count_loops(node: nodes.Node, depth: int) -> None:
    """Put every loop's items through the counter; loops in loops go only so deep."""
    if isinstance(node, nodes.For):
        depth += 1
        if node.recursive or depth > MOST_LOOPS:
            raise TemplateSyntaxError(f"loops nest at most {MOST_LOOPS} deep", node.lineno)
        cost = [nodes.Const(sum(1 for _ in node.find_all(nodes.Node)))]
        node.iter = nodes.Filter(node.iter, "_counted", cost, [], None, None, lineno=node.lineno)
    for child in node.iter_child_nodes():
        _count_loops(child, depth)
