"""What a template may do while it is filled: read its facts, and only so much of anything.

Jinja's sandbox keeps a template from the program and the machine; this one keeps it from time and memory.
What still gets through (a text doubled thirty times) is found by `latewatch letters check-template`, which
fills templates in a process of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from latewatch.paper import wording
from latewatch.paper.limits import SHEET, Limits
from latewatch.paper.measure import fitted, rule_width

_FILTERS = ("long_date", "short_date", "appointment", "register_number", "sentence", "balanced")
_SIZED_FILTERS = ("center", "indent", "format", "batch", "slice", "wordwrap")
_SIZED_METHODS = {"center", "ljust", "rjust", "zfill", "expandtabs"}
"""What makes as much of a text as a number in the template says."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Autoescapes, knows no undefined name, and counts."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader, limits: Limits = SHEET) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._limits = limits
        self._turns = 0
        self.filters.update({name: getattr(wording, name) for name in _FILTERS})
        self.filters |= {"fitted": fitted, "rule_width": rule_width}
        self.filters["counted"] = self._counted
        for name in _SIZED_FILTERS:
            del self.filters[name]
        del self.globals["lipsum"]

    def filled(self, template: Template, facts: dict[str, Any]) -> str:
        """Fill a template. Raises SecurityError where it has no end, and whatever it does wrong itself."""
        self._turns = 0
        pieces: list[str] = []
        size = 0
        for piece in template.generate(**facts):
            size += len(piece)
            if size > self._limits.characters:
                raise SecurityError(f"văn bản dài hơn {self._limits.characters} ký tự.")
            pieces.append(piece)
        text = "".join(pieces)
        if text.count("<") > self._limits.tags:
            raise SecurityError(f"nhiều hơn {self._limits.tags} thẻ HTML trong một văn bản.")
        return text

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        is_sized = isinstance(obj, str) and attr in _SIZED_METHODS
        return not is_sized and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Any:
        """Refuse `"…".format`, which Jinja would let through with a width of its own."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("phương thức format của chuỗi.")
        return None

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(each, (int, float)) for each in (left, right)):
            raise SecurityError(f"phép “{operator}” chỉ dùng với số, và không có lũy thừa.")
        return super().call_binop(context, operator, left, right)

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        """Have each loop of the template count its turns."""
        for loop in list(source.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.iter.lineno)
            loop.iter.set_environment(self)
        return super()._generate(source, *args, **options)

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._turns += 1
            if self._turns > self._limits.turns:
                raise SecurityError(f"vòng lặp quá {self._limits.turns} lượt.")
            yield item
