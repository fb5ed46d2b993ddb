"""Constructs one by one: each is refused with a sentence, or means the same everywhere (e2e/conformance/test_programs.py)."""

CONSTRUCTS = r"""
d = {"x": None}
show(d.get("x", 5))
---
calls = []
def f():
    calls.append(1)
    return 2
show(1 < f() < 3)
show(calls)
---
def g(s):
    return [i for i in range(3, 0, s)]
show(g(-1))
---
def h(s):
    out = []
    for i in range(3, 0, s):
        out.append(i)
    return out
show(h(-1))
show(h(-2))
---
def f(x, y=[]):
    y.append(x)
    return list(y)
def run(show):
    show(f(1))
    show(f(2))
---
def f(a, b, *, d=1):
    return [a, b, d]
def run(show):
    args = [1, 2]
    show(f(*args, d=9))
---
def f(a, b=7, *, d=1):
    return [a, b, d]
def run(show):
    args = [1]
    show(f(*args, d=9))
---
out = []
def t(x):
    out.append(["t", x])
    return x > 1
def e(x):
    out.append(["e", x])
    return x
show([e(x) for x in [1, 2, 3] if t(x)])
show(out)
---
def m(s, n):
    return [(s * 3) * 3, s * n]
def run(show):
    show(m("a", 2))
    show(m([1], 2))
    show(m(2, 3))
---
a = [1, 2, 3]
a[-1] = 9
show(a)
---
a = [1, 2, 3]
del a[0]
show(a)
---
a = [1, 2, 3]
try:
    a.remove(7)
except ValueError:
    show("missing")
show(a)
---
show([[1], [2]] == [[1], [2]])
show([1] in [[1]])
show([[1], [2]].index([2]))
---
show({1, 2} == {1, 3})
---
show(1 in {1, 2})
---
show([1, 2] < [1, 3])
---
show("a,b,c".split(",", 1))
---
show("aaa".replace("a", "b", 1))
---
show("abc".startswith("b", 1))
---
show("abc".find("c", 0, 1))
---
show(list(zip([1], [2], [3])))
---
show(int("10", 2))
---
show(sum([1, 2], 10))
---
fs = []
for i in range(3):
    fs.append(lambda: i)
show([f() for f in fs])
---
fs = [lambda: i for i in range(3)]
show([f() for f in fs])
---
fs = []
for i in range(3):
    def g():
        return i
    fs.append(g)
show([f() for f in fs])
---
fs = []
for i in range(3):
    fs.append(lambda i=i: i)
show([f() for f in fs])
---
def f():
    return 1
def f():
    return 2
def run(show):
    show(f())
---
_ = 4
show(_)
---
class A:
    def __len__(self):
        return 0
def run(show):
    show(bool(A()))
---
def dec(f):
    return f
@dec
def g():
    return 1
def run(show):
    show(g())
---
show(True == 1)
show([True] == [1])
show(1 in [True])
---
class A:
    def __init__(self):
        self._x = 4
def run(show):
    show(getattr(A(), "_x"))
---
show(__name__)
---
d = {"a": 1}
show(dict(d, some_key=1))
---
def g(**kw):
    return kw
def run(show):
    show(g(some_key=1))
---
def f(a, some_name):
    p1 = 5
    p2 = 6
    return [a, some_name, p1, p2]
def run(show):
    show(f(1, 2))
---
value = 3
def run(show):
    show([value for value in [1, 2]])
    show(value)
---
a, *b = [1, 2, 3]
show([a, b])
---
x = 0
def inc():
    nonlocal x
    if x >= 0:
        x = x + 1
    return x
inc()
inc()
show(x)
---
show(7 // 2)
show(-7 // 2)
show(-7 % 3)
show(7 % -3)
a = 5
b = -3
show(a % b)
show(a // b)
show(7.5 // 2)
---
show("x" if [] else "y")
show(not {})
show([] or 5)
show({} and 3)
---
s = "hello"
show([s[-1], s[1:3], s[-3:], s[:-1], s[10:]])
---
show(f"{5:03d}|{255:02x}|{255:X}|{-5:03d}")
---
n = 4
show(f"{n:>{n}}")
---
show(f"{'a'!r:>4}")
---
show("a-b-c".partition("-"))
show("a-b-c".rpartition("-"))
---
show([str(1), str(True), str(None), str("a"), str([1, "a"]), str({"a": None})])
---
show(str(2.0))
---
x = 4
show(str(x / 2))
---
show(repr("it's \"x\" \n"))
---
try:
    try:
        raise ValueError("a")
    finally:
        show("f")
except (TypeError, ValueError) as e:
    show(str(e))
---
def f():
    try:
        return 1
    finally:
        return 2
show(f())
---
for i in range(3):
    try:
        if i == 1:
            continue
        show(i)
    finally:
        show("f")
---
i = 0
while True:
    i += 1
    if i > 3:
        break
show(i)
---
for i in range(3):
    i += 5
    show(i)
---
n = 3
for i in range(n):
    n = 1
    show(i)
---
items = [1, 2, 3]
for x in items:
    if x < 3:
        items.append(x + 10)
show(items)
---
class Failure(Exception):
    def __init__(self, message, *, code=1):
        super().__init__(message)
        self.code = code
class Deeper(Failure):
    pass
def run(show):
    try:
        raise Deeper("m", code=4)
    except Failure as error:
        show([str(error), error.code, type(error).__name__])
---
class A:
    kinds = []
    def add(self, x):
        self.kinds.append(x)
def run(show):
    A().add(1)
    A().add(2)
    show(A.kinds)
---
class A:
    n = 3
def run(show):
    show(A.n)
    show(A().n)
---
class A:
    x: int = 5
def run(show):
    show(A().x)
---
class A:
    @property
    def x(self):
        return 4
def run(show):
    a = A()
    show(a.x)
---
class A:
    def __init__(self):
        self.x = 1
def run(show):
    show(A() == A())
    a = A()
    show(a == a)
    show([a] == [a])
    show(a in [A(), a])
    show([A(), a].index(a))
---
a = [3, 1, 2]
show(sorted(a))
show(sorted(a, key=lambda x: -x))
show(sorted(["b", "A", "a"]))
show(sorted({"b": 1, "a": 2}))
show(sorted([[2, "a"], [1, "b"]]))
show(sorted(a, reverse=True))
---
show([min([3, 1]), max([3, 1]), min("b", "a"), max([1, 2], [1, 3])])
---
try:
    show(max([]))
except ValueError:
    show("empty")
---
show([abs(-3), sum([1, 2, 3]), len("abc"), len([1]), len({"a": 1})])
---
show(int("  12 "))
show(int(3.9))
show(int(-3.9))
---
try:
    int("x")
except ValueError:
    show("bad")
---
show(float("1.5"))
try:
    float("0x10")
except ValueError:
    show("bad")
---
show([x for row in [[1, 2], [3]] for x in row if x != 2])
---
show({k: v for k, v in [("a", 1), ("b", 2)]})
---
d = {"a": 1}
d["b"] = d.pop("a")
d.setdefault("c", []).append(1)
d.update({"z": 1})
show(d)
show(len(d))
show("a" in d)
show(d.get("a"))
show(list(sorted(d.keys())))
---
d = {"a": 1, "b": 2}
total = 0
for key, value in d.items():
    total += value
show(total)
---
x = [1, 2]
y = x
y += [3]
show(x)
---
def f(x):
    x += [3]
    return x
def run(show):
    a = [1]
    f(a)
    show(a)
---
a = [1]
a.extend(a)
show(a)
---
x = "abc"
show([x.index("b"), x.count("b"), x.find("z"), x.rfind("c"), "b" in x])
---
try:
    "abc".index("z")
except ValueError:
    show("no")
---
show("a b  c".split())
show(" x ".strip() + "|")
show("xxaxx".strip("x"))
show("abc".upper())
---
show("abc".startswith(("b", "a")))
t = ("x", "c")
show("abc".endswith(t))
---
show("".join(["a", "b"]))
show(",".join("abc"))
---
show("12".isdigit())
show("".isdigit())
---
show(2 ** 10)
show(1 << 4)
show(5 & 3)
show(5 | 3)
show(5 ^ 3)
show(~5)
show(~(2 ** 40))
show(-1 & 255)
---
show(9007199254740993)
---
show(10 / 4)
show(1 / 3)
---
try:
    show(1 // 0)
except Exception:
    show("zero")
---
def f(a, b=2, *rest):
    return [a, b, list(rest)]
def run(show):
    show(f(1))
    show(f(1, 3, 4, 5))
    show(f(*[1, 2, 3]))
---
def f(**kw):
    return sorted(kw)
def run(show):
    show(f(a=1, b=2))
    show(f(**{"z": 1}))
---
def f(a, b):
    return [a, b]
out = []
def run(show):
    out = []
    def n(x):
        out.append(x)
        return x
    show(f(b=n(1), a=n(2)))
    show(out)
---
arguments = 1
eval = 2
name = 3
length = 4
constructor = 5
show([arguments, eval, name, length, constructor])
---
def new(function, default):
    this = function
    var = default
    return [this, var]
def run(show):
    show(new(1, default=2))
---
class A:
    def __init__(self):
        self.constructor = 1
        self.length = 2
        self.name = 3
def run(show):
    a = A()
    show([a.length, a.name])
---
d = {"constructor": 1, "__proto__": 2, "toString": 3}
show(d)
show([d.get("valueOf"), "hasOwnProperty" in d])
e = {}
e["__proto__"] = 5
show(e)
show(dict(e, __proto__=6))
---
d = {}
for name in ["__proto__", "constructor", "x"]:
    d[name] = d.get(name, 0) + 1
    d[name] += 1
show(d)
---
x = 5
show(x is None)
show(x is not None)
show(None is None)
---
x = None
y = x if x is not None else 7
show(y)
---
a = b = []
a.append(1)
show(b)
---
a = [1, 2]
a[0], a[1] = a[1], a[0]
show(a)
---
i = 0
a = [0, 0, 0]
def nxt():
    nonlocal i
    i += 1
    return i
a[nxt()] = nxt()
show(a)
---
a = 1
b = 2
a, b = b, a
show([a, b])
---
show([1, 2, 3][0:2] + [4])
show((1, 2) + (3,))
show([0] * 3)
show("ab" * 2)
show("ab" * -1)
---
show((1, 2) == [1, 2])
---
show([1.0] == [1])
---
show("\ud83d" + "x")
---
show(["é", "漢", "😀" == "😀", "a😀b".split("😀")])
---
show(sorted(["\uffee", "😀", "z"]))
show("😀" < "\uffee")
---
x = "a"
show("a" < x)
show(x <= "b")
---
def f(x, y):
    return x < y
def run(show):
    show([f(1, 2), f("a", "b"), f([1], [2]), f("😀", "\uffee")])
---
f = lambda x, y=2: x + y
show(f(1))
show(f(1, 3))
---
class A:
    def m(self):
        return 1
def run(show):
    a = A()
    f = a.m
    show(f())
    g = [a.m, a.m]
    show(g[1]())
---
class A:
    def go(self):
        return [x * self.k() for x in [1, 2]]
    def k(self):
        return 3
def run(show):
    show(A().go())
---
class A:
    def f(self, a, b=1):
        return [a, b]
class B(A):
    def f(self, b, a=1):
        return [b, a]
def run(show):
    show(B().f(1, a=2))
---
class A:
    def __init__(self):
        self.x = 1
class B(A):
    def __init__(self):
        self.y = 2
        super().__init__()
def run(show):
    b = B()
    show([b.x, b.y])
---
def f():
    if False:
        return 1
def g(x=5):
    return x
def run(show):
    show(g(f()))
    show(f())
---
def f():
    pass
show(f())
---
x = []
show(x.append(1))
---
show(isinstance(1, int))
show(isinstance("a", (int, str)))
show(isinstance([], dict))
show(isinstance(None, str))
---
def f(x):
    if isinstance(x, str):
        return x + "!"
    if not isinstance(x, list):
        return "other"
    return x + [1]
def run(show):
    show([f("a"), f(1), f([0])])
---
show(callable(show))
---
show(list(range(2, 8, 3)))
show([x for x in reversed([1, 2])])
show(list(enumerate(["a"])))
show(list(zip([1, 2], "ab")))
---
z = zip([1], [2])
show(list(z))
show(list(z))
---
show(any([x > 1 for x in [1, 2]]))
show(all([]))
show(any(["", 0]))
---
out = []
def p(x):
    out.append(x)
    return x > 0
show(any([p(x) for x in [1, 2, 3]]))
show(out)
---
show(1 if 2 > 1 and not [] else 0)
---
def f():
    global q
    q = 1
f()
show(q)
---
x = 3
x -= 1
x *= 4
x //= 3
show(x)
---
if (n := 3) > 2:
    show(n)
---
with open("x") as f:
    show(1)
---
def g():
    yield 1
show(list(g()))
---
show([*[1, 2], 3])
show({**{"a": 1}, "b": 2})
---
show("%d" % 3)
---
show("{}".format(1))
---
show(round(2.5))
---
for x in [1, 2]:
    show(x)
else:
    show("else")
---
a = [1, 2, 3]
i = -1
show(a[i])
a[i] = 5
show(a)
---
a = [1, 2, 3]
n = 1
show([a[-n], a[n - 2], a[-n:], a[:None]])
---
a = [1, 2, 3]
a.insert(0, 9)
a.insert(-1, 8)
show([a.pop(), a.pop(0), a.pop(-1), a])
---
d = {1: "a"}
show(d[1])
---
d = {}
for i in [1, 2]:
    d[i] = i
show(sorted(d))
---
def f(k):
    return {k: 1}
def run(show):
    show(f("a"))
---
class Box:
    def __init__(self, items):
        self.items = items
def run(show):
    b = Box([1])
    b.items.append(2)
    show(b.items)
---
class A:
    def get(self, key):
        return "own " + key
def f(x):
    return x.get("k")
def run(show):
    show(f(A()))
    show(f({"k": 1}))
---
x = 5
x = "text"
show(x + "!")
---
s = 0
for i in range(5):
    if i == 2:
        continue
    s += i
show(s)
---
def outer():
    values = []
    def add(x):
        values.append(x)
        return len(values)
    add(1)
    return add(2)
show(outer())
---
show([[] == {}, [] == [], {} == {}, "" == [], None == 0, False == 0, "1" == 1])
---
show(bool(float("nan")))
---
x = float("nan")
show(x == x)
---
class E(ValueError):
    pass
def run(show):
    try:
        raise E("x")
    except ValueError as error:
        show(str(error))
---
try:
    raise RuntimeError("r")
except Exception as error:
    show(type(error).__name__)
    show(str(error))
---
def f(n):
    if n == 0:
        raise ValueError
    return n
try:
    f(0)
except ValueError as e:
    show(str(e))
---
assert 1 == 1, "fine"
show(1)
---
x = [1, 2, 3]
del x[1:]
show(x)
---
d = {"a": 1}
del d["a"]
show(d)
---
show("abc"[::-1])
---
show(type(1) == type(2))
---
p = print
show(1)
---
show(1_000)
show(0x10)
show(1e3)
---
class A:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return self.x == other.x
def run(show):
    show(A(1) == A(1))
---
class A:
    def set(self, **kw):
        for name in kw:
            setattr(self, name, kw[name])
        return self
    x = 0
def run(show):
    show(A().set(y=1).y)
---
x = "5"
show([x == 5, x == "5", 5 == x])
---
a = [[0] * 2 for _ in range(2)]
a[0][1] = 5
show(a)
---
show("a\u2028b`${x}\\")
show(f"a`{1}${{x}}\\")
---
d = {"a": {"b": [1, {"c": 2}]}}
show(d["a"]["b"][1]["c"])
d["a"]["b"][1]["c"] += 1
show(d)
---
def f(x):
    return x
show(f(f(2)) if f(1) else f(3))
---
x = 1
y = x == 1
show(y + 1)
show(f"{y}")
---
def f(n: int) -> str:
    return f"{n}"
def run(show):
    show(f(True))
---
show(hasattr("a", "upper"))
---
x = ("a", 1)
show(str(x))
---
show([i * j for i in range(3) for j in range(i)])
---
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def run(show):
    show(fib(10))
---
show("a".encode() == b"a")
---
out = []
for octet in "é😀".encode():
    out.append(octet)
show(out)
---
x = [3, 1]
x.sort()
show(x)
---
x = [3, 1]
x.reverse()
show(x)
""".strip().split("\n---\n")
