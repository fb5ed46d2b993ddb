"""What the portable subset means, construct by construct: the same on CPython and in every lane (e2e/conformance)."""


class Shape:
    """A base with a constant, a property and a method that calls another."""

    sides = 0

    def __init__(self, name: str, *, size: int = 1) -> None:
        self.name = name
        self._size = size
        self.seen: list[str] = []

    @property
    def area(self) -> int:
        return self._size * self._size

    def describe(self) -> str:
        return f"{self.name}:{self.kind()}:{self.sides}"

    def kind(self) -> str:
        return "shape"

    @staticmethod
    def unit() -> "Shape":
        return Shape("unit")


class Square(Shape):
    """Overrides a constant and a method, and calls what it overrides."""

    sides = 4

    def __init__(self, name: str, size: int) -> None:
        super().__init__(name, size=size)
        self.extra = size + 1

    def kind(self) -> str:
        return "square<" + super().kind()


class Failure(Exception):
    """One of our own."""

    code = "failure"

    def __init__(self, message: str, *, place: str = "") -> None:
        super().__init__(message)
        self.place = place


class Deeper(Failure):
    code = "deeper"


def test_classes_have_properties_constants_and_inheritance():
    square = Square("a", 3)

    assert square.area == 9
    assert square.describe() == "a:square<shape:4"
    assert Shape.unit().describe() == "unit:shape:0"
    assert isinstance(square, Shape)
    assert not isinstance(Shape("b"), Square)
    assert type(square).__name__ == "Square"
    assert square.extra == 4


def test_a_method_taken_as_a_value_keeps_its_object():
    shape = Shape("kept")
    described = shape.describe
    calls = {"describe": shape.describe}

    assert described() == "kept:shape:0"
    assert calls["describe"]() == "kept:shape:0"


def raised(error):
    try:
        raise error
    except Deeper as caught:
        return "deeper " + caught.place
    except (ValueError, Failure) as caught:
        return f"one of two {caught}"
    except Exception as caught:
        return f"{type(caught).__name__}: {caught}"


def test_errors_are_caught_by_class_in_order():
    assert raised(Deeper("x", place="here")) == "deeper here"
    assert raised(Failure("x")) == "one of two x"
    assert raised(ValueError("bad")) == "one of two bad"
    assert raised(TypeError("odd")) == "TypeError: odd"
    assert Deeper("x").code == "deeper"
    assert Failure("x").code == "failure"


def test_an_error_that_nothing_catches_goes_on_and_finally_runs():
    steps = []

    def inner():
        try:
            try:
                raise Failure("lost")
            except ValueError:
                steps.append("wrong")
        finally:
            steps.append("finally")

    try:
        inner()
    except Failure as error:
        steps.append(str(error))

    assert steps == ["finally", "lost"]


def test_empty_things_are_false_and_others_true():
    empty = [[], {}, "", 0, None, False, (), 0.0]
    full = [[0], {"a": 0}, "0", 1, True, (None,), -1.5]

    assert [bool(value) for value in empty] == [False] * len(empty)
    assert [bool(value) for value in full] == [True] * len(full)
    assert ([] or "other") == "other"
    assert ([] and "other") == []
    assert ({"a": 1} or "other") == {"a": 1}
    assert (0 or [] or None) is None
    assert not []
    assert not {}


def test_values_are_equal_by_what_they_hold():
    assert [1, {"a": [None, "x"]}] == [1, {"a": [None, "x"]}]
    assert {"a": 1, "b": 2} == {"b": 2, "a": 1}
    assert {"t": {"x": 1}} == {"t": {"x": 1}}
    assert [1, 2] != [1, 3]
    assert {"a": None} != {}
    assert {"a": 1} != {"b": 1}
    assert [[]] != [{}]
    assert None not in [0, "", False]
    assert [1] in [[0], [1]]
    assert "b" in {"b": None}
    assert "toString" not in {}
    assert "bc" in "abcd"


def test_names_that_javascript_has_on_every_object_are_keys_like_others():
    found: dict[str, object] = {}
    for name in ("constructor", "toString", "__proto__", "valueOf", "hasOwnProperty"):
        assert found.get(name) is None
        assert found.get(name, "none") == "none"
        assert name not in found
        found[name] = {"polluted": name}

    assert sorted(found) == ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"]
    assert found["__proto__"] == {"polluted": "__proto__"}
    assert found.pop("__proto__") == {"polluted": "__proto__"}
    assert "__proto__" not in found
    assert {}.get("polluted") is None
    copied = dict(found)
    copied.update({"__proto__": 1})
    assert copied.get("__proto__") == 1
    assert {name: 1 for name in ["__proto__"]} == {"__proto__": 1}


def test_dicts_do_what_dicts_do():
    values: dict[str, object] = {"b": 1, "a": 2}
    values.setdefault("c", []).append(3)
    values.setdefault("b", 9)

    assert sorted(values.keys()) == ["a", "b", "c"]
    assert sorted([f"{key}={value}" for key, value in values.items()]) == ["a=2", "b=1", "c=[3]"]
    assert len(values) == 3
    assert values.pop("none", 7) == 7
    assert values.pop("c") == [3]
    assert sorted(dict(values, d=4)) == ["a", "b", "d"]
    assert (values | {"a": 5})["a"] == 5
    del values["a"]
    assert values == {"b": 1}
    values.clear()
    assert values == {}


def test_lists_do_what_lists_do():
    values = [3, 1, 2]
    values.append(5)
    values.extend([4, 4])
    values.insert(0, 0)

    assert values == [0, 3, 1, 2, 5, 4, 4]
    assert sorted(values) == [0, 1, 2, 3, 4, 4, 5]
    assert values[1:3] == [3, 1]
    assert values[-1] == 4
    assert values[-2:] == [4, 4]
    assert values.index(5) == 4
    assert values.count(4) == 2
    assert values.pop(0) == 0
    assert values.pop() == 4
    assert values + [9] == [3, 1, 2, 5, 4, 9]
    assert [0] * 3 == [0, 0, 0]
    assert list("ab") == ["a", "b"]
    assert [min(values), max(values), sum(values), min(2, 1), max(1.5, 1)] == [1, 5, 15, 1, 1.5]
    assert list(range(5, 0, -2)) == [5, 3, 1]
    assert sorted([(2, "a"), (1, "b"), (1, "a")]) == [(1, "a"), (1, "b"), (2, "a")]
    assert sorted(["b", "a"], key=lambda name: {"a": 2, "b": 1}[name]) == ["b", "a"]


def test_a_list_made_from_another_is_another():
    first = [1, 2]
    second = list(first)
    third = [item for item in first]
    second.append(3)
    third.append(4)

    assert first == [1, 2]


def test_texts_do_what_texts_do():
    assert ["a", "b", "c"] == ["a", "b", "c"]
    assert ["a", "b"] == ["a", "b"]
    assert [] == []
    assert " a ".strip() == "a"
    assert "xxaxx".strip("x") == "a"
    assert "a=b=c".partition("=") == ("a", "=", "b=c")
    assert "abc".partition("=") == ("abc", "", "")
    assert "a=b=c".rpartition("=") == ("a=b", "=", "c")
    assert "abc".rpartition("=") == ("", "", "abc")
    assert "a-b-c".replace("-", "+") == "a+b+c"
    assert "abcab".find("b") == 1
    assert "abcab".find("b", 2) == 4
    assert "abcab".find("z") == -1
    assert "abab".count("ab") == 2
    assert "Abc".lower() + "abC".upper() == "abcABC"
    assert "abc".startswith("ab") and "abc".endswith("bc")
    assert "-".join(["a", "b"]) == "a-b"
    assert "-".join([str(number) for number in range(3)]) == "0-1-2"
    assert "12".isdigit() and not "1a".isdigit() and not "".isdigit()
    assert "abcdef"[1:3] + "abcdef"[-2:] + "abc"[0] == "bcefa"
    assert "ab" * 2 == "abab"
    assert len("ü漢".encode()) == 5
    assert [char for char in "ü😀"] == ["ü", "😀"]
    assert ord("ü") == 252 and chr(0x1F600) == "😀"
    assert "a" < "b" and "0" <= "5" <= "9"


def test_texts_are_ordered_by_code_point():
    assert sorted(["😀", "\ufffd", "a", "\ue000", "Z"]) == ["Z", "a", "\ue000", "\ufffd", "😀"]


def test_numbers_are_pythons():
    assert 7 // 2 == 3 and -7 // 2 == -4
    assert 7 % 3 == 1 and -7 % 3 == 2
    assert 7 / 2 == 3.5
    assert 2**10 == 1024
    assert int("42") == 42 and int(-1.7) == -1 and int(3.9) == 3
    assert float("1.5") == 1.5
    assert abs(-3) == 3
    assert (0xFF00FF & 0x0F0F0F0F) == 0xF000F
    assert (0xFFFFFFFF ^ 0x80000000) == 0x7FFFFFFF
    assert (1 << 40) >> 38 == 4
    assert 0x80000000 | 1 == 2147483649
    assert 4294967296 * 3 + 1 == 12884901889


def test_what_is_no_number_raises_a_value_error():
    for text in ("", "x", "1.5"):
        try:
            int(text)
        except ValueError:
            continue
        raise AssertionError(text)


def test_texts_with_values_inside():
    number, text, nothing = 7, "it's", None
    mapped = {"k": True}

    assert f"{number:02d}|{number:04x}|{255:02X}" == "07|0007|FF"
    assert f"{text}|{text!r}|{nothing}|{True}" == "it's|\"it's\"|None|True"
    assert f"{'a'!r}|{[1, 'x', None]}|{mapped}" == "'a'|[1, 'x', None]|{'k': True}"
    assert f"`${number}` \\ {{}}" == "`$7` \\ {}"
    assert repr("a\n\\") == "'a\\n\\\\'"
    assert str(3) + "x" + str(None) == "3xNone"


def test_names_are_bound_as_in_python():
    a, b = 1, 2
    a, b = b, a
    first, _, last = "x:y".partition(":")
    name, _, other = (first, 0, last)
    total = 0
    for index, value in enumerate([5, 6]):
        total += index * value
    for left, right in zip([1, 2], [10, 20]):
        total += left * right
    made = [lambda x, y=step: x + y for step in (1, 2)]

    assert [a, b, name, other, total] == [2, 1, "x", "y", 56]
    assert [function(10) for function in made] == [11, 12]


def test_a_function_inside_sees_what_is_bound_later():
    def outer():
        def inner():
            return later

        later = "seen"
        return inner()

    count = 0

    def counted():
        nonlocal count
        count += 1
        return count

    counted()

    assert outer() == "seen"
    assert counted() == 2
    assert count == 2


def placed(a, b=2, *, c, d=4):
    return [a, b, c, d]


def gathered(*names, **fields):
    return [list(names), fields]


def rest(first, *others):
    return [first, len(others)]


def test_arguments_find_their_places():
    assert placed(1, c=3) == [1, 2, 3, 4]
    assert placed(1, d=0, c=9, b=8) == [1, 8, 9, 0]
    assert placed(**{"a": 1, "c": 2}) == [1, 2, 2, 4]
    assert rest(1) == [1, 0]
    assert rest(*[1, 2, 3]) == [1, 2]
    assert Shape("x", size=3).area == 9


def test_conditions_and_loops():
    out = []
    for number in range(10):
        if number == 2:
            continue
        if number > 4:
            break
        out.append("even" if number % 2 == 0 else "odd")
    left = 3
    while left:
        left -= 1

    assert out == ["even", "odd", "odd", "even"]
    assert left == 0
    assert -1 < left <= 0 != 1
    assert all([number < 3 for number in range(3)]) and not all([number < 2 for number in range(3)])
    assert any([number == 2 for number in range(3)]) and not any([])
    assert [x * y for x in (1, 2) for y in (10, 20) if y > x] == [10, 20, 20, 40]
    assert {str(n): n for n in range(2)} == {"0": 0, "1": 1}


def test_kinds_are_told_apart():
    values = ["x", 1, 1.5, True, None, [1], {"a": 1}]

    assert [isinstance(value, str) for value in values] == [True] + [False] * 6
    assert [isinstance(value, dict) for value in values] == [False] * 6 + [True]
    assert [isinstance(value, (list, tuple)) for value in values] == [False] * 5 + [True, False]
    assert isinstance(1, int) and isinstance(1.5, float) and not isinstance("1", (int, float))
    assert [type(value).__name__ for value in ("x", 1, 1.5, None, [], {})] == [
        "str",
        "int",
        "float",
        "NoneType",
        "list",
        "dict",
    ]
    assert callable(placed) and not callable("x")
    assert getattr(Shape("n"), "name", None) == "n"
    assert getattr(Shape("n"), "none", "else") == "else"


def test_a_loop_may_set_names_that_another_has_set_beside_new_ones():
    seen = []
    for name, number in [("a", 1)]:
        first, second = name, number
        seen.append((first, second))
    for first, second, third in [("b", 2, 3)]:
        seen.append((first, second, third))

    assert seen == [("a", 1), ("b", 2, 3)]


def test_what_is_given_to_several_names_is_made_once():
    made = []

    def make():
        made.append(1)
        return [len(made)]

    square = Square("a", 1)
    one = square.extra = make()
    other = another = make()

    assert made == [1, 1]
    assert one is square.extra
    assert other is another
