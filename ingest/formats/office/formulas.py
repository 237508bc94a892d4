"""Results of simple formulas, for workbooks that were written without them.

Arithmetic, comparison and a few functions on cells and ranges. All else has no result: it is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from math import floor, isfinite
from typing import Any, Protocol

from ingest.formats.office.sheet import Area, area

Value = float | str | bool | None
"""A cell's value; None: the cell is empty."""
_MOST_VISITS = 2_000_000  # cells that all formulas of a workbook together may look at
_DEEPEST = 40
_PRECEDENCE = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1),
    "&": 2,
    **dict.fromkeys("+-", 3),
    **dict.fromkeys("*/", 4),
    "^": 5,
}


class NoResult(Exception):
    """A formula has no result here: it uses what isn't known, or fails."""


class Cells(Protocol):
    """Where formulas find the values of cells."""

    def value(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell, of a formula its result. Raises NoResult."""
        ...

    def extent(self, sheet: str) -> Area:
        """The part of a sheet that has cells. Raises NoResult: there is no such sheet."""
        ...


class Calculator:
    """Calculates formulas over cells.

    Args:
        cells: may ask for formulas' results in turn.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._visits_left = _MOST_VISITS
        self._depth = 0

    def result(self, formula: str, sheet: str) -> Value:
        """The result of a formula ("=B2*C2") in a cell of this sheet.

        Raises:
            NoResult: it uses another function, name or value than are known, or fails.
        """
        from openpyxl.formula import Tokenizer

        if self._depth >= _DEEPEST:
            raise NoResult
        self._depth += 1
        try:
            tokens = [token for token in Tokenizer(formula).items if token.type != "WHITE-SPACE"]
            parser = _Parser(tokens, self, sheet)
            value = _scalar(parser.expression(0))
            if not parser.is_at_end:
                raise NoResult
            return value
        except NoResult:
            raise
        except Exception as error:  # the tokenizer and arithmetic raise many kinds
            raise NoResult from error
        finally:
            self._depth -= 1

    def values(self, reference: str, sheet: str) -> list[list[Value]]:
        """The values of a cell or range, row by row, within the part of the sheet that has cells."""
        name, _, local = reference.rpartition("!")
        if name:
            sheet = name[1:-1].replace("''", "'") if name.startswith("'") else name
        wanted = self._area(local, sheet)
        rows = []
        for row in range(wanted.top, wanted.bottom + 1):
            self._visits_left -= wanted.right - wanted.left + 1
            if self._visits_left < 0:
                raise NoResult
            rows.append(
                [self._cells.value(sheet, row, column) for column in range(wanted.left, wanted.right + 1)]
            )
        return rows

    def _area(self, local: str, sheet: str) -> Area:
        extent = self._cells.extent(sheet)
        bare = local.replace("$", "")
        first, _, last = bare.partition(":")
        if first.isalpha() and last.isalpha():  # whole columns
            wanted = area(f"{first}1:{last}1")
            bottom = extent.bottom
        elif first.isdigit() and last.isdigit():
            raise NoResult
        else:
            wanted = area(bare)
            bottom = min(wanted.bottom, max(extent.bottom, wanted.top)) if wanted else 0
        if wanted is None:
            raise NoResult
        return Area(wanted.top, wanted.left, bottom, min(wanted.right, max(extent.right, wanted.left)))


class _Parser:
    """Reads a formula's tokens by precedence, and calculates meanwhile. A range is a list of rows."""

    def __init__(self, tokens: Sequence[Any], calculator: Calculator, sheet: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._calculator = calculator
        self._sheet = sheet
        self._depth = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._tokens)

    def expression(self, least: int) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NoResult
        left = self._operand()
        while not self.is_at_end:
            token = self._tokens[self._at]
            if token.type == "OPERATOR-POSTFIX":
                self._at += 1
                left = _number(_scalar(left)) / 100
                continue
            precedence = _PRECEDENCE.get(token.value, 0) if token.type == "OPERATOR-INFIX" else 0
            if precedence <= least:
                break
            self._at += 1
            left = _operation(token.value, _scalar(left), _scalar(self.expression(precedence)))
        self._depth -= 1
        return left

    def _operand(self) -> Any:
        token = self._next()
        match token.type, token.subtype:
            case "OPERATOR-PREFIX", _:
                value = _number(_scalar(self.expression(_PRECEDENCE["^"])))
                return -value if token.value == "-" else value
            case "OPERAND", "NUMBER":
                return float(token.value)
            case "OPERAND", "TEXT":
                return str(token.value)[1:-1].replace('""', '"')
            case "OPERAND", "LOGICAL":
                return token.value.upper() == "TRUE"
            case "OPERAND", "RANGE":
                values = self._calculator.values(token.value, self._sheet)
                return values if ":" in token.value else values[0][0]
            case "PAREN", "OPEN":
                value = self.expression(0)
                self._expect("PAREN")
                return value
            case "FUNC", "OPEN":
                return self._function(token.value[:-1].upper())
        raise NoResult

    def _function(self, name: str) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise NoResult
        arguments = []
        if self._tokens[self._at].type != "FUNC":
            arguments.append(self.expression(0))
            while self._tokens[self._at].type == "SEP":
                self._at += 1
                arguments.append(self.expression(0))
        self._expect("FUNC")
        return function(arguments)

    def _next(self) -> Any:
        if self.is_at_end:
            raise NoResult
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, kind: str) -> None:
        token = self._next()
        if (token.type, token.subtype) != (kind, "CLOSE"):
            raise NoResult


def _scalar(value: Any) -> Value:
    """A single value; of a range of one cell, that cell's."""
    if isinstance(value, list):
        if len(value) != 1 or len(value[0]) != 1:
            raise NoResult
        value = value[0][0]
    if isinstance(value, float) and not isfinite(value):
        raise NoResult
    single: Value = value
    return single


def _number(value: Value) -> float:
    """A value in arithmetic: an empty cell is 0; a text, even of digits, has no place in it here."""
    if value is None:
        return 0.0
    if isinstance(value, str):
        raise NoResult
    return float(value)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value or ""


def _operation(operator: str, left: Value, right: Value) -> Value:
    if operator == "&":
        return _text(left) + _text(right)
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return _compare(operator, left, right)
    one, other = _number(left), _number(right)
    match operator:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
        case "/":
            return one / other
        case "^":
            power = one**other
            if isinstance(power, float):
                return power
    raise NoResult


def _compare(operator: str, left: Value, right: Value) -> bool:
    """Texts without regard to case; values of different kinds aren't compared here."""
    if isinstance(left, str) or isinstance(right, str):
        if not (isinstance(left, str | None) and isinstance(right, str | None)):
            raise NoResult
        one: Any = (left or "").casefold()
        other: Any = (right or "").casefold()
    else:
        one, other = _number(left), _number(right)
    results: dict[str, bool] = {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        ">": one > other,
        "<=": one <= other,
        ">=": one >= other,
    }
    return results[operator]


def _numbers(arguments: Iterable[Any]) -> list[float]:
    """The numbers of arguments; texts, booleans and empty cells of ranges are passed over."""
    numbers = []
    for argument in arguments:
        if isinstance(argument, list):
            numbers += [v for row in argument for v in row if isinstance(v, float)]
        else:
            numbers.append(_number(argument))
    return numbers


def _product(arguments: Sequence[Any]) -> float:
    numbers = _numbers(arguments)
    product = 1.0 if numbers else 0.0
    for number in numbers:
        product *= number
    return product


def _sum(arguments: Sequence[Any]) -> float:
    return float(sum(map(Decimal, map(repr, _numbers(arguments)))))


def _average(arguments: Sequence[Any]) -> float:
    return _sum(arguments) / len(_numbers(arguments))


def _sum_of_products(arguments: Sequence[Any]) -> float:
    ranges = [[value for row in argument for value in row] for argument in arguments]
    if len({(len(argument), len(argument[0])) for argument in arguments}) != 1:
        raise NoResult
    total = 0.0
    for values in zip(*ranges, strict=True):
        product = 1.0
        for value in values:
            product *= value if isinstance(value, float) else 0.0
        total += product
    return total


def _rounded(rounding: str) -> Callable[[Sequence[Any]], float]:
    def function(arguments: Sequence[Any]) -> float:
        value, *rest = [_number(_scalar(argument)) for argument in arguments]
        places = int(rest[0]) if rest else 0
        if not -15 <= places <= 15:
            raise NoResult
        return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-places), rounding=rounding))

    return function


def _if(arguments: Sequence[Any]) -> Any:
    test = _scalar(arguments[0])
    if isinstance(test, str):
        raise NoResult
    if test:
        return arguments[1]
    return arguments[2] if len(arguments) > 2 else False


def _truths(arguments: Iterable[Any]) -> list[bool]:
    return [bool(_number(_scalar(argument))) for argument in arguments]


_FUNCTIONS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "SUM": _sum,
    "PRODUCT": _product,
    "SUMPRODUCT": _sum_of_products,
    "AVERAGE": _average,
    "MIN": lambda arguments: min(_numbers(arguments), default=0.0),
    "MAX": lambda arguments: max(_numbers(arguments), default=0.0),
    "COUNT": lambda arguments: float(len(_numbers(arguments))),
    "COUNTA": lambda arguments: float(
        sum(
            value is not None
            for argument in arguments
            for row in (argument if isinstance(argument, list) else [[argument]])
            for value in row
        )
    ),
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "ABS": lambda arguments: abs(_number(_scalar(arguments[0]))),
    "INT": lambda arguments: float(floor(_number(_scalar(arguments[0])))),
    "IF": _if,
    "AND": lambda arguments: all(_truths(arguments)),
    "OR": lambda arguments: any(_truths(arguments)),
    "NOT": lambda arguments: not _truths(arguments)[0],
    "CONCATENATE": lambda arguments: "".join(_text(_scalar(argument)) for argument in arguments),
    "CONCAT": lambda arguments: "".join(
        _text(value)
        for argument in arguments
        for row in (argument if isinstance(argument, list) else [[argument]])
        for value in row
    ),
}
