"""Who gets what: run in every lane, so a page decides as the edge does."""

from pyrite.core.decisions.hashing import finished, seed
from pyrite.core.decisions.rules import UNIT, Choice, Prepared, Rules, variant_for
from pyrite.core.decisions.subject import Profile, Subject

PAGE = {"decisionScopes": ["__view__"], "surfaces": ["web://shop.test/"]}
NOW_MS = 1795157627711  # a Friday, 2026-11-20T06:53:47.711Z
HOUR_MS = 3600000


def experience(id, **more):
    made = {"id": id, "scope": "__view__", "variants": [{"id": "a", "items": [{"id": "x"}]}]}
    made.update(more)
    return made


def subject(url="https://shop.test/", visitor="v1", now_ms=NOW_MS, shown=None):
    event = {"xdm": {"web": {"webPageDetails": {"URL": url}}}, "data": {}}
    return Subject(event=event, visitor=Profile(id=visitor, shown=shown), now_ms=now_ms)


def found(experiences, query=PAGE, holdout=0, preview=None, **about):
    rules = Rules(experiences, holdout=holdout)
    decided = rules.decide(subject(**about), query, preview=preview)
    return [proposition["id"] for proposition in decided]


def visitors(count=1000):
    return [f"v{number}" for number in range(count)]


def variant(prepared, visitor):
    chosen = variant_for(prepared, seed(visitor))
    return chosen.id if chosen else None


def split(weights, names="abcdefgh"):
    variants = [
        {"id": names[index], "weight": weights[index], "items": []} for index in range(len(weights))
    ]
    return Prepared(experience("split", variants=variants), 0)


# ---- hashes ----------------------------------------------------------------------------------------------------------


def test_hashes_are_the_same_on_every_runtime():
    assert [finished(seed(text)) for text in ("", "a", "b", "ü😀", "4711")] == HASHES


HASHES = [2872998923, 444641715, 2193908274, 1150529714, 299936799]


def test_hashes_are_spread_evenly():
    counts = [0] * 10
    for visitor in visitors(2000):
        place = finished(seed(visitor)) * 10 // UNIT
        counts[place] += 1

    assert min(counts) > 150
    assert max(counts) < 250


# ---- variants --------------------------------------------------------------------------------------------------------


def test_a_visitor_always_gets_the_same_variant_and_shares_follow_weights():
    two = split([1, 3])
    got = [variant(two, visitor) for visitor in visitors()]

    assert got == [variant(two, visitor) for visitor in visitors()]
    assert 200 < got.count("a") < 300


def test_a_variant_that_is_added_takes_from_all_others_and_nobody_else_moves():
    before, after = split([1, 1, 1]), split([1, 1, 1, 1])
    moved = [
        (variant(before, visitor), variant(after, visitor))
        for visitor in visitors(2000)
        if variant(before, visitor) != variant(after, visitor)
    ]

    assert [new for _, new in moved if new != "d"] == []
    assert 420 < len(moved) < 580
    for name in "abc":
        assert 100 < len([old for old, _ in moved if old == name]) < 230


def test_a_greater_weight_only_brings_visitors_in():
    before, after = split([1, 1]), split([2, 1])
    for visitor in visitors():
        if variant(before, visitor) == "a":
            assert variant(after, visitor) == "a"


def test_the_order_of_variants_does_not_matter():
    one, other = split([1, 2, 3]), split([3, 2, 1], names="cba")

    assert [variant(one, visitor) for visitor in visitors(200)] == [
        variant(other, visitor) for visitor in visitors(200)
    ]


def test_a_variant_without_weight_is_given_to_nobody():
    got = [variant(split([0, 1]), visitor) for visitor in visitors(100)]

    assert got == ["b"] * 100
    assert variant(split([0]), "v") is None


def test_small_weights_divide_the_visitors_as_great_ones_do():
    small, great = split([0.0001, 0.0003]), split([1, 3])
    got = [variant(small, visitor) for visitor in visitors()]

    assert got == [variant(great, visitor) for visitor in visitors()]
    assert 200 < got.count("a") < 300


def test_a_variant_that_changes_nothing_says_so_and_is_counted():
    control = experience("e", variants=[{"id": "control", "items": []}])
    item = Rules([control]).decide(subject(), PAGE)[0]["items"][0]

    assert item["schema"].endswith("default-content-item")


# ---- percentages, groups, holdouts ----------------------------------------------------------------------------------


def test_a_percentage_lets_that_share_in_and_a_higher_one_keeps_them():
    some, more = experience("e", percentage=10), experience("e", percentage=40)
    in_some = [visitor for visitor in visitors() if found([some], visitor=visitor)]
    in_more = [visitor for visitor in visitors() if found([more], visitor=visitor)]

    assert 70 < len(in_some) < 130
    assert [visitor for visitor in in_some if visitor not in in_more] == []
    assert found([experience("none", percentage=0)]) == []


def test_places_in_two_experiences_have_nothing_to_do_with_each_other():
    one, other = experience("one", percentage=50), experience("other", percentage=50)
    both = len([1 for visitor in visitors() if len(found([one, other], visitor=visitor)) == 2])

    assert 200 < both < 300


# Ids that say what a use of a hash might be called.
COLLIDING = (
    "in",
    "holdout",
    "percentage",
    "variant",
    "group",
    "everything",
    "a/in",
    "1/a",
    "group/a",
)


def uses_of(id, other):
    """For each visitor, who is let in, held out, in the first half of a group, and given a variant, with colliding ids."""
    variants = [{"id": other, "items": []}, {"id": "b", "items": []}]
    half = experience(id, percentage=50)
    held = experience(id, holdout=50)
    shared = experience(id, group=id, share=[0, 50])
    divided = experience(id, variants=variants)
    everybody = Rules([experience(id)], holdout=50)
    rules = [Rules([one]) for one in (half, held, shared, divided)] + [everybody]
    wanted = (f"PY:{id}:a", f"PY:{id}:a", f"PY:{id}:a", f"PY:{id}:{other}", f"PY:{id}:a")
    got = []
    for visitor in visitors(400):
        asking = subject(visitor=visitor)
        decided = [one.decide(asking, PAGE) for one in rules]
        got.append([bool(decided[i]) and decided[i][0]["id"] == wanted[i] for i in range(5)])
    return got


def test_no_use_of_a_hash_has_to_do_with_another_whatever_the_ids():
    for other in COLLIDING:
        if other == "holdout":  # no variant may have that id
            continue
        rows = uses_of("a", other)
        for one in range(5):
            for two in range(one):
                both = len([1 for row in rows if row[one] and row[two]])
                assert 60 < both < 140, (other, one, two, both)


def test_ids_with_slashes_are_ids_of_their_own():
    one = Prepared(experience("a/b", variants=[{"id": "c"}, {"id": "x"}]), 0)
    other = Prepared(experience("a", variants=[{"id": "b/c"}, {"id": "y"}]), 0)

    assert one.choices[0].seed != other.choices[0].seed


def test_shares_of_a_group_divide_the_visitors_up():
    one = experience("one", group="g", share=[0, 30], scope="x")
    other = experience("other", group="g", share=[30, 50], scope="y")
    query = {"decisionScopes": ["x", "y"]}
    got = [found([one, other], query=query, visitor=visitor) for visitor in visitors()]

    assert [ids for ids in got if len(ids) > 1] == []
    assert 240 < got.count(["PY:one:a"]) < 360
    assert 140 < got.count(["PY:other:a"]) < 260


def test_higher_priority_comes_first_and_a_group_gives_one_for_a_scope():
    low, high = experience("low", group="g"), experience("high", priority=5, group="g")
    elsewhere = experience("elsewhere", group="g", scope="hero")

    assert found([low, high]) == ["PY:high:a"]
    assert found([experience("one"), experience("two", priority=1)]) == ["PY:two:a", "PY:one:a"]
    assert found([low, elsewhere], query={"decisionScopes": ["__view__", "hero"]}) == [
        "PY:low:a",
        "PY:elsewhere:a",
    ]


def test_a_group_goes_on_to_the_next_where_the_first_does_not_apply():
    high = experience("high", priority=5, group="g", audience={"url": "never"})

    assert found([high, experience("low", group="g")]) == ["PY:low:a"]


def test_visitors_held_out_of_one_get_nothing_and_are_counted():
    held = experience("e", holdout=20)
    got = [found([held], visitor=visitor) for visitor in visitors()]

    assert 150 < got.count(["PY:e:holdout"]) < 250
    assert got.count(["PY:e:holdout"]) + got.count(["PY:e:a"]) == 1000


def test_visitors_held_out_of_all_are_the_same_everywhere_unless_one_says_otherwise():
    experiences = [experience("one"), experience("two"), experience("always", holdout=0)]
    got = [found(experiences, visitor=visitor, holdout=10) for visitor in visitors()]
    out = [ids for ids in got if "PY:one:holdout" in ids]

    assert 70 < len(out) < 130
    assert [ids for ids in out if ids != ["PY:one:holdout", "PY:two:holdout", "PY:always:a"]] == []


# ---- schedules -------------------------------------------------------------------------------------------------------


def at(schedule, now_ms):
    return found([experience("e", schedule=schedule)], now_ms=now_ms) == ["PY:e:a"]


def test_it_runs_from_its_start_up_to_its_end():
    schedule = {"start_ms": 1000, "end_ms": 2000}

    assert [at(schedule, now_ms) for now_ms in (999, 1000, 1999, 2000)] == [
        False,
        True,
        True,
        False,
    ]


def test_days_and_hours_are_those_of_its_time_zone():
    # Friday, 06:53 in London, 07:53 in Berlin until summer comes.
    fridays = {"days": ["fri"], "hours": ["07:30-08:00"]}
    berlin = dict(fridays)
    berlin["offsets"] = [[0, 60], [NOW_MS + 1000, 120]]

    assert not at(fridays, NOW_MS)
    assert at(berlin, NOW_MS)
    assert not at(berlin, NOW_MS + 2000)
    assert not at(berlin, NOW_MS + 24 * HOUR_MS)


def test_hours_may_go_over_midnight():
    night = {"hours": ["22:00-06:00", "06:30-07:00"]}
    minutes = 60000

    assert [
        at(night, NOW_MS - 53 * minutes + offset * minutes) for offset in (-60, 0, 29, 31, 61)
    ] == [
        True,
        False,
        False,
        True,
        False,
    ]


# ---- caps ------------------------------------------------------------------------------------------------------------


def test_a_cap_ends_it_after_so_many_displays():
    capped = experience("e", cap={"shown": 2})

    assert found([capped], shown={"e": [1]}) == ["PY:e:a"]
    assert found([capped], shown={"e": [1, 2]}) == []
    assert found([capped], shown={"other": [1, 2]}) == ["PY:e:a"]


def test_a_cap_may_look_back_so_many_hours_only():
    capped = experience("e", cap={"shown": 1, "hours": 2})

    assert found([capped], shown={"e": [NOW_MS - HOUR_MS]}) == []
    assert found([capped], shown={"e": [NOW_MS - 3 * HOUR_MS]}) == ["PY:e:a"]


def test_a_worn_one_of_a_group_leaves_its_place_to_the_next():
    capped = experience("high", priority=1, group="g", cap={"shown": 1})

    assert found([capped, experience("low", group="g")], shown={"high": [1]}) == ["PY:low:a"]


# ---- scopes ----------------------------------------------------------------------------------------------------------


def test_only_scopes_that_were_asked_for_are_decided():
    hero, part = experience("h", scope="hero"), experience("p", scope="web://shop.test/#part")

    assert found([hero, part]) == []
    assert found([hero, part], query={"decisionScopes": ["hero"]}) == ["PY:h:a"]
    assert found([hero, part], query={"surfaces": ["web://shop.test/#part"]}) == ["PY:p:a"]


def test_views_come_with_the_page():
    cart = experience("c", scope="cart", scopeType="view")
    decided = Rules([cart]).decide(subject(), PAGE)

    assert decided[0]["scope"] == "cart"
    assert decided[0]["scopeDetails"]["characteristics"]["scopeType"] == "view"


def test_those_for_one_path_are_found_among_the_others_in_order():
    one = experience("one", priority=1, audience={"path": {"is": ["/a", "/b", "/a"]}})
    two = experience("two", priority=2, audience={"path": {"is": "/a"}})
    rest = experience("rest", priority=1.5)

    assert found([one, two, rest], url="https://shop.test/a/") == [
        "PY:two:a",
        "PY:rest:a",
        "PY:one:a",
    ]
    assert found([one, two, rest], url="https://shop.test/c") == ["PY:rest:a"]


def test_one_path_may_be_written_in_any_way():
    cart = experience("cart", audience={"path": {"is": ["/my cart/", "/caf%C3%A9"]}})

    for url in (
        "https://shop.test/my%20cart",
        "https://shop.test/my%20cart/?a",
        "https://a.test/café",
    ):
        assert found([cart], url=url) == ["PY:cart:a"], url
    assert found([cart], url="https://shop.test/my%20cart/b") == []


# ---- previews --------------------------------------------------------------------------------------------------------


def test_a_preview_is_given_whatever_stands_against_it_and_marked():
    hidden = experience(
        "e",
        enabled=False,
        percentage=0,
        audience={"url": "never", "path": {"is": "/x"}},
        schedule={"end_ms": 1},
        cap={"shown": 1},
        group="g",
        variants=[{"id": "a"}, {"id": "b", "weight": 0}],
    )
    other = experience("other", group="g", priority=9)
    rules = Rules([hidden, other])
    decided = rules.decide(subject(shown={"e": [1]}), PAGE, preview={"e": "b"})

    assert [one["id"] for one in decided] == ["PY:e:b"]
    assert decided[0]["scopeDetails"]["characteristics"]["preview"] is True
    assert rules.decide(subject(), PAGE)[0]["id"] == "PY:other:a"
    assert found([hidden], preview={"e": "none"}) == []
    assert found([hidden], preview={"unknown": "a"}) == []
    assert found([hidden], preview={"e": "a"}, query={"decisionScopes": ["hero"]}) == []


def test_one_that_is_switched_off_is_given_to_nobody():
    assert found([experience("e", enabled=False)]) == []


def test_what_a_variant_gives_says_all_that_reports_need():
    plain = Choice({"id": "x", "scope": "cart", "scopeType": "view"}, {"id": "v"})

    assert plain.proposition == {
        "id": "PY:x:v",
        "scope": "cart",
        "scopeDetails": {
            "decisionProvider": "PYR",
            "activity": {"id": "x"},
            "experience": {"id": "v"},
            "characteristics": {"eventToken": "x:v", "scopeType": "view"},
        },
        "items": [
            {
                "id": "x-v",
                "schema": "https://ns.adobe.com/personalization/default-content-item",
                "data": {},
            }
        ],
    }
    items = [{"id": "i", "schema": "s", "data": {"content": 1}}]
    assert Choice({"id": "x"}, {"id": "v", "items": items}).proposition["items"] == items
