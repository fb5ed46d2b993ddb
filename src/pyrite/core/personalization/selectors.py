"""Alloy's selector language taken apart: plain CSS, `:eq(n)`, `:shadow`, a leading `>`.

Pure: the browser room walks the steps. Source: Adobe's Web SDK 2.33, selectNodes.
"""

from ..digits import is_digits
from ..errors import SelectorError

EQ = ":eq("
SHADOW = ":shadow"
BLANKS = " \t\n\r\x0c"  # https://drafts.csswg.org/css-syntax/#whitespace


def parse_selector(selector: str) -> list[dict[str, object]]:
    """The steps to walk: `[{css, eq, shadow}]`.

    Each takes the matches of *css* inside what was chosen so far, in document order; *eq* keeps match number n (zero based,
    None keeps all); *shadow* goes into the shadow root of what is left. Raises SelectorError for an empty selector or an
    `:eq` without a number.
    """
    text = selector.strip(BLANKS)
    if not text:
        raise SelectorError("expected a selector, got an empty string")
    uses_eq = EQ in text
    steps = []
    pieces = text.split(SHADOW)
    for index in range(len(pieces)):
        inner = _eq_steps(pieces[index], uses_eq)
        if index < len(pieces) - 1:
            if not inner:
                raise SelectorError(f"expected a selector before ':shadow' in {selector!r}")
            inner[len(inner) - 1]["shadow"] = True
        steps.extend(inner)
    return steps


def _eq_steps(text: str, uses_eq: bool) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = []
    while text.strip(BLANKS):
        css, mark, rest = text.partition(EQ)
        number = None
        if mark:
            digits, _, rest = rest.partition(")")
            if not is_digits(digits.strip(BLANKS)):
                raise SelectorError(f"expected a number in ':eq(…)', got {digits!r}")
            number = int(digits)
        css = css.strip(BLANKS)
        if css:
            steps.append({"css": _escaped(css) if uses_eq else css, "eq": number, "shadow": False})
        elif number is not None:
            raise SelectorError("expected a selector before ':eq(…)'")
        text = rest
    return steps


def _escaped(css: str) -> str:
    """*css* with ids and classes that begin with a digit escaped, as CSS.escape does; only done beside `:eq`."""
    out: list[str] = []
    before = ""
    inside = 0  # brackets, where a point is a point
    for char in css:
        if before in ("#", ".") and "0" <= char <= "9" and not inside:
            out.append(f"\\3{char} ")
        else:
            out.append(char)
        if char in "[(":
            inside += 1
        elif char in "])":
            inside -= 1
        before = char
    return "".join(out)
