"""Random programs of the portable subset, and a little beyond it, by a grammar: each has kinds, so that most of them run."""

import random
import re

NAMES = ["a", "b", "name", "length", "function", "arguments", "some_key", "p1"]
TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "a,b",
    "_id",
    "constructor",
    "__proto__",
    "x y",
    "12",
    "it's",
    "\\n",
]
KINDS = ("int", "str", "list[int]", "list[str]", "dict[str, int]", "bool")
PLAIN = {
    "int": "0",
    "str": "''",
    "list[int]": "[]",
    "list[str]": "[]",
    "dict[str, int]": "{}",
    "bool": "False",
}


class Generator:
    """Writes one program, decided by *seed* alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lines: list[str] = []
        self._names: list[dict[str, str]] = []
        self._functions: dict[str, tuple[list[tuple[str, str]], str]] = {}
        self._count = 0

    def program(self) -> str:
        """The program's text."""
        for number in range(self._random.randint(0, 3)):
            self._function(f"f{number}")
        if self._random.random() < 0.5:
            self._class()
        self._lines.append("def run(show):")
        self._names = [{}]
        self._block(1, self._random.randint(3, 8))
        for name in sorted(self._names[0]):
            self._line(1, f"show({name})")
        return "\n".join(self._lines) + "\n"

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _function(self, name: str) -> None:
        parameters = []
        for place in range(self._random.randint(0, 3)):
            parameters.append((NAMES[place + self._random.randint(0, 5)], self._pick(*KINDS)))
        parameters = list(dict(parameters).items())
        returns = self._pick(*KINDS)
        annotated = self._random.random() < 0.6
        written = []
        optional = False
        for parameter, kind in parameters:
            optional = optional or self._random.random() < 0.3
            default = f" = {PLAIN[kind]}" if optional else ""
            written.append(f"{parameter}: {kind}{default}" if annotated else parameter + default)
        end = f" -> {returns}" if annotated else ""
        self._lines.append(f"def {name}({', '.join(written)}){end}:")
        self._names = [dict(parameters)]
        self._block(1, self._random.randint(1, 3), shows=False)
        self._line(1, f"return {self._expression(returns, 2)}")
        self._functions[name] = (parameters, returns)

    def _class(self) -> None:
        self._lines += [
            "class Thing:",
            "    kind = 3",
            "    def __init__(self, size: int, *, label: str = 'x') -> None:",
            "        self._size = size",
            "        self.label = label",
            "        self.seen: list[int] = []",
            "    @property",
            "    def double(self) -> int:",
            "        return self._size * 2",
            "    def add(self, value: int) -> int:",
            "        self.seen.append(value)",
            "        self._size += value",
            "        return self._size",
            "class Special(Thing):",
            "    def add(self, value: int) -> int:",
            "        return super().add(value + 1)",
        ]
        self._functions["Thing"] = ([], "Thing")

    def _block(self, depth: int, count: int, *, shows: bool = True) -> None:
        for _ in range(count):
            self._statement(depth, shows=shows)

    def _new(self) -> str:
        self._count += 1
        return self._pick(*NAMES) + (str(self._count) if self._random.random() < 0.6 else "")

    def _statement(self, depth: int, *, shows: bool) -> None:
        kind = self._pick(*KINDS)
        choice = self._random.random()
        known = self._known("list[int]")
        dicts = self._known("dict[str, int]")
        if choice < 0.35 or depth > 3:
            name = self._new()
            old = self._names[-1].get(name)
            kind = old or kind
            self._line(depth, f"{name} = {self._expression(kind, 3)}")
            self._names[-1][name] = kind
        elif choice < 0.45 and shows:
            self._line(depth, f"show({self._expression(kind, 3)})")
        elif choice < 0.55:
            before = dict(self._names[-1])
            self._line(depth, f"if {self._expression(self._pick(*KINDS), 2)}:")
            self._block(depth + 1, self._random.randint(1, 2), shows=shows)
            self._names[-1] = dict(before)
            if self._random.random() < 0.5:
                self._line(depth, "else:")
                self._block(depth + 1, 1, shows=shows)
                self._names[-1] = dict(before)
        elif choice < 0.7:
            before = dict(self._names[-1])
            name = self._new()
            if name in before:
                name += "_"
            if self._random.random() < 0.5:
                steps = self._pick("3", "1, 4", "4, 0, -2", "0, 5, 2", "len('abc')")
                self._line(depth, f"for {name} in range({steps}):")
                self._names[-1][name] = "int"
            else:
                self._line(
                    depth,
                    f"for {name} in {self._expression(self._pick('list[str]', 'str'), 2)}[:3]:",
                )
                self._names[-1][name] = "str"
            self._block(depth + 1, self._random.randint(1, 2), shows=shows)
            if self._random.random() < 0.3:
                self._line(depth + 1, self._pick("continue", "break"))
            self._names[-1] = dict(before)
        elif choice < 0.78 and known:
            target = self._pick(*known)
            value = self._expression("int", 2)
            self._line(
                depth,
                self._pick(
                    f"{target}.append({value})",
                    f"{target}.insert(0, {value})",
                    f"{target}.extend([{value}])",
                    f"{target} = {target} + [{value}]",
                    f"{target}.insert(-1, {value})",
                ),
            )
        elif choice < 0.86 and dicts:
            target = self._pick(*dicts)
            key, value = self._expression("str", 1), self._expression("int", 2)
            self._line(
                depth,
                self._pick(
                    f"{target}[{key}] = {value}",
                    f"{target}.update({{{key}: {value}}})",
                    f"{target}.setdefault({key}, {value})",
                    f"{target}.pop({key}, None)",
                    f"{target}[{key}] = {target}.get({key}, 0) + 1",
                ),
            )
        elif choice < 0.93:
            before = dict(self._names[-1])
            self._line(depth, "try:")
            self._block(depth + 1, 1, shows=shows)
            raised = self._pick("ValueError", "RuntimeError")
            self._line(depth + 1, f"raise {raised}({self._expression('str', 1)})")
            self._names[-1] = dict(before)
            self._line(
                depth,
                f"except {self._pick('ValueError', '(ValueError, TypeError)', 'Exception')} as error:",
            )
            told = "show(str(error))" if shows else "pass"
            self._line(depth + 1, told)
            if self._random.random() < 0.4:
                self._line(depth, "finally:")
                self._block(depth + 1, 1, shows=shows)
                self._names[-1] = dict(before)
        elif "Thing" in self._functions and shows:
            name = f"thing{self._count}"
            self._count += 1
            made = self._pick("Thing", "Special")
            self._line(
                depth,
                f"{name} = {made}({self._expression('int', 1)}, label={self._expression('str', 1)})",
            )
            self._line(depth, f"{name}.add({self._expression('int', 1)})")
            self._line(depth, f"show([{name}.double, {name}.label, {name}.seen, {name}.kind])")
        else:
            self._line(depth, "pass")

    def _known(self, kind: str) -> list[str]:
        return [name for name, one in self._names[-1].items() if one == kind]

    def _expression(self, kind: str, depth: int) -> str:
        known = self._known(kind)
        if known and (depth <= 0 or self._random.random() < 0.35):
            return self._pick(*known)
        calls = [name for name, (_, returns) in self._functions.items() if returns == kind]
        if calls and depth > 0 and self._random.random() < 0.2:
            name = self._pick(*calls)
            given: list[str] = []
            for parameter, wanted in self._functions[name][0]:
                value = self._expression(wanted, depth - 1)
                named = (
                    given and given[-1].startswith(("a=", "b="))
                ) or self._random.random() < 0.2
                given.append(f"{parameter}={value}" if named else value)
            first = next(
                (at for at, one in enumerate(given) if "=" in one.split("(")[0].split("'")[0]),
                len(given),
            )
            parameters = [parameter for parameter, _ in self._functions[name][0]]
            given = given[:first] + [
                one
                if one.startswith(f"{parameters[first + at]}=")
                else f"{parameters[first + at]}={one}"
                for at, one in enumerate(given[first:])
            ]
            return f"{name}({', '.join(given)})"
        return self._made(kind, depth)

    def _made(self, kind: str, depth: int) -> str:
        if depth <= 0:
            return self._literal(kind)
        choices: dict[str, list[str]] = {
            "int": [
                "(<int> + <int>)", "(<int> - <int>)", "(<int> * <int>)",
                f"(<int> // {self._pick('2', '3', '-2')})", f"(<int> % {self._pick('2', '5', '-3')})",
                "len(<str>)", "len(<list[int]>)", "sum(<list[int]>)", "abs(<int>)",
                "min(<int>, <int>)", "max([<int>, <int>])", "<str>.find(<str>)",
                "(<int> if <bool> else <int>)", "<dict[str, int]>.get(<str>, 7)",
                "-<int>", "(<int> & 255)", "~<int>", "<list[int]>.count(<int>)",
            ],
            "str": [
                "(<str> + <str>)", "(f'{len([1]):02d}' + str(<int>))", "str(<int>)",
                "<str>[1:]", "<str>[:-1]", "<str>.upper()", f"(<str> * {self._pick('2', '0', '-1')})",
                "','.join(<list[str]>)", "repr(<str>)", "str(<list[str]>)", "<str>.strip()",
                "<str>.replace('a', 'z')", "<str>.partition(',')[2]", "(<str> or <str>)",
                "str(<bool>)", "<str>.lstrip('a')",
            ],
            "list[int]": [
                "[<int>, <int>]", "(<list[int]> + <list[int]>)", "sorted(<list[int]>)",
                "[x * 2 for x in <list[int]> if x > <int>]", f"list(range({self._pick('0', '3', '5, 1, -2')}))",
                "<list[int]>[1:]", "sorted(<list[int]>, key=lambda x: -x)", "list(reversed(<list[int]>))",
                "[len(x) for x in <list[str]>]", "(<list[int]> * 2)", "(<list[int]> or [1])",
                "[x + y for x in <list[int]> for y in [1, 2]]",
            ],
            "list[str]": [
                "[<str>, <str>]", "<str>.split(',')", "sorted(<list[str]>)", "list(<str>)",
                "[x + 'q' for x in <list[str]> if x]", "sorted(<dict[str, int]>)", "<str>.split()",
                "(<list[str]> + <list[str]>)", "list(<str>.partition('a'))",
            ],
            "dict[str, int]": [
                "{<str>: <int>}", "dict(<dict[str, int]>, some_key=<int>)",
                "{x: len(x) for x in <list[str]>}", "dict(<dict[str, int]>)", "dict(_id=<int>, b=2)",
                "(<dict[str, int]> or {'z': 1})",
            ],
            "bool": [
                "(<int> < <int>)", "(<int> < <int> <= <int>)", "not <any>",
                "(<str> in <list[str]>)", "(<str> in <str>)", "(<list[int]> == <list[int]>)",
                "(<dict[str, int]> == <dict[str, int]>)", "isinstance(<int>, int)", "<str>.startswith(<str>)",
                "any([x > 1 for x in <list[int]>])", "all([x for x in <list[str]>])", "bool(<any>)",
                "(<str> < <str>)", "(<bool> and <bool>)", "(<list[int]> < <list[int]>)",
                "(<int> == <int>)", "(<str> in <dict[str, int]>)", "(<str> != <str>)",
            ],
        }  # fmt: skip
        text = self._pick(*choices[kind])
        return re.sub(
            r"<([a-z]+(\[[a-z, ]+\])?)>",
            lambda found: self._expression(
                self._pick(*KINDS) if found[1] == "any" else found[1], depth - 1
            ),
            text,
        )

    def _literal(self, kind: str) -> str:
        def text() -> str:
            return repr(self._pick(*TEXTS))

        def number() -> str:
            return str(self._random.choice([0, 1, 2, 3, -1, -5, 7, 100]))

        return {
            "int": number(),
            "str": text(),
            "list[int]": f"[{number()}, {number()}]" if self._random.random() < 0.7 else "[]",
            "list[str]": f"[{text()}, {text()}]",
            "dict[str, int]": f"{{{text()}: {number()}}}" if self._random.random() < 0.7 else "{}",
            "bool": self._pick("True", "False"),
        }[kind]


def programs(seed: int, count: int) -> list[str]:
    """*count* programs, the same for the same *seed*."""
    return [Generator(seed * 1_000_003 + number).program() for number in range(count)]
