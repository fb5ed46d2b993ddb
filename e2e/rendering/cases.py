"""Bodies, actions and what becomes of them: shared by the test of ours and the comparison with the real library."""

from typing import Any


def item(type: str, content: Any = "", selector: str = "#a") -> dict[str, Any]:
    """One item of an experience."""
    return {"type": type, "selector": selector, "content": content}


P = '<p id="a">old</p>'
LIST = '<ul id="a"><li>0</li><li>1</li><li>2</li></ul>'

# (body, action, the body afterwards; ` data` stands for the mark of an element that an addition has been made to)
CASES: list[tuple[str, dict[str, Any], str]] = [
    (P, item("setText", "<b>new</b>"), '<p id="a">&lt;b&gt;new&lt;/b&gt;</p>'),
    ('<p id="a">o<i>l</i>d</p>', item("setHtml", "<b>1</b>2"), '<p id="a"><b>1</b>2</p>'),
    (P, item("appendHtml", "<b>1</b>2<i>3</i>"), '<p id="a" data>old<b>1</b>2<i>3</i></p>'),
    (
        '<p id="a">t<i>x</i></p>',
        item("prependHtml", "<b>1</b><b>2</b>"),
        '<p id="a" data>t<b>1</b><b>2</b><i>x</i></p>',
    ),
    (P, item("prependHtml", "<b>1</b>"), '<p id="a" data>old<b>1</b></p>'),
    (P, item("insertBefore", "<b>1</b><b>2</b>"), '<b>1</b><b>2</b><p id="a" data>old</p>'),
    (
        P + "t<hr>",
        item("insertAfter", "<b>1</b><b>2</b>"),
        '<p id="a" data>old</p>t<b>1</b><b>2</b><hr>',
    ),
    (P, item("insertAfter", "<b>1</b>"), '<p id="a" data>old</p><b>1</b>'),
    (P, item("replaceHtml", "<b>1</b>2"), "<b>1</b>2"),
    (
        P,
        item("setAttribute", {"title": "t", "data-n": "3"}),
        '<p id="a" data-n="3" title="t">old</p>',
    ),
    (
        '<p id="a" style="margin: 0px">x</p>',
        item("setStyle", {"color": "red"}),
        '<p id="a" style="margin: 0px; color: red;">x</p>',
    ),
    (
        P,
        item("setStyle", {"color": "red", "priority": "important"}),
        '<p id="a" style="color: red !important;">old</p>',
    ),
    (
        P,
        item("move", {"left": 10, "top": "5"}),
        '<p id="a" style="left: 10px; top: 5px;">old</p>',
    ),
    (
        P,
        item("resize", {"width": 10, "height": "50%"}),
        '<p id="a" style="height: 50%; width: 10px;">old</p>',
    ),
    (P + "<hr>", item("remove"), "<hr>"),
    (
        LIST,
        item("rearrange", {"from": 0, "to": 2}),
        '<ul id="a" data><li>1</li><li>2</li><li>0</li></ul>',
    ),
    (
        LIST,
        item("rearrange", {"from": 2, "to": 0}),
        '<ul id="a" data><li>2</li><li>0</li><li>1</li></ul>',
    ),
    (
        LIST,
        item("rearrange", {"from": 0, "to": 9}),
        '<ul id="a" data><li>0</li><li>1</li><li>2</li></ul>',
    ),
    ("<b>x</b><b>y</b>", item("setText", "z", "b"), "<b>z</b><b>z</b>"),
    ("<b>x</b><b>y</b>", item("setText", "z", "b:eq(1)"), "<b>x</b><b>z</b>"),
    ("<b>x</b>", item("setText", "ünï 😀", "b"), "<b>ünï 😀</b>"),
    (P, item("customCode", "<b>1</b>"), '<p id="a">old<b>1</b></p>'),
    (P, item("collectInteractions"), P),
    (P, item("click"), P),
]

# (selector, body, what it finds: the ids or classes of the elements)
SELECTORS: list[tuple[str, str, str]] = [
    ("#a", '<p id="a">x</p><p id="b">x</p>', "a"),
    (" .c > i , b", '<p class="c"><i id="i">x</i></p><b id="b">x</b>', "b i"),
    ("p:eq(1)", '<p id="a">x</p><p id="b">x</p>', "b"),
    ("div:eq(1) p:eq(0)", '<div><p id="a">x</p></div><div><p id="b">x</p><p id="c">x</p></div>', "b"),
    ("div:eq(0) > p", '<div><p id="a">x</p><i><p id="b">x</p></i></div>', "a"),
    ("#1st:eq(0)", '<p id="1st">x</p>', "1st"),
    (".2nd:eq(1)", '<p class="2nd">x</p><i class="2nd" id="b">x</i>', "b"),
    ("div:eq(0) #3rd", '<div><p id="3rd">x</p></div>', "3rd"),
    ("x-a:shadow p", '<x-a data-inside="<p id=a>x</p>"></x-a><p id="b">x</p>', "a"),
    ("x-a:eq(1):shadow p:eq(1)", '<x-a data-inside="<p>x</p>"></x-a><x-a data-inside="<p>x</p><p id=b>x</p>"></x-a>', "b"),
    ("x-a:shadow > p", '<x-a data-inside="<p id=a>x</p><i><b><p id=b>x</p></b></i>"></x-a>', "a"),
    ("x-a:shadow x-a:shadow p", """<x-a data-inside="<x-a data-inside='<p id=a>x</p>'></x-a>"></x-a>""", "a"),
    ("[data-x='1.5']:eq(0)", '<p id="a" data-x="1.5">x</p>', "a"),
]  # fmt: skip
