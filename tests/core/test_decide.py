"""Who gets what."""

from pyrite.core.decide import bucket, decide, variant_for

PAGE = {"decisionScopes": ["__view__"], "surfaces": ["web://shop.test/"]}


def experience(id, **more):
    made = {"id": id, "scope": "__view__", "variants": [{"id": "a", "items": [{"id": "x"}]}]}
    made.update(more)
    return made


def event(url="https://shop.test/", referrer="", data=None):
    return {
        "xdm": {"web": {"webPageDetails": {"URL": url}, "webReferrer": {"URL": referrer}}},
        "data": data or {},
    }


def found(experiences, query=PAGE, visitor="v1", **about):
    return [
        proposition["id"]
        for proposition in decide(experiences, visitor=visitor, event=event(**about), query=query)
    ]


def test_buckets_are_the_same_on_every_runtime():
    assert [bucket("exp", visitor) for visitor in ("", "a", "b", "ü😀", "4711")] == BUCKETS


BUCKETS = [3666, 4745, 2218, 4489, 5541]


def test_buckets_are_spread_evenly():
    counts = [0] * 10
    for number in range(2000):
        place = bucket("even", f"visitor-{number}") // 1000
        counts[place] += 1

    assert min(counts) > 150
    assert max(counts) < 250


def test_an_audience_looks_at_address_referrer_and_data():
    for audience, about, holds in (
        ({"url": "utm=gold"}, {"url": "https://shop.test/?utm=gold"}, True),
        ({"url": "utm=gold"}, {}, False),
        ({"path": {"is": "/a"}}, {"url": "https://shop.test/a/?x"}, True),
        ({"path": {"starts": ["/a", "/b"]}}, {"url": "https://shop.test/b/c"}, True),
        ({"path": {"is": "/a", "not": "/a"}}, {"url": "https://shop.test/a"}, False),
        ({"referrer": {"contains": "search"}}, {"referrer": "https://search.test/"}, True),
        (
            {"referrer": {"not": {"contains": "search"}}},
            {"referrer": "https://search.test/"},
            False,
        ),
        ({"data": {"cart.total": [1, 2]}}, {"data": {"cart": {"total": 2}}}, True),
        ({"data": {"name": {"ends": "x"}}}, {"data": {"name": "ax"}}, True),
        ({"data": {"name": "a"}}, {"data": {}}, False),
        ({"url": "shop", "data": {"a": 1}}, {"data": {"a": 2}}, False),
    ):
        assert (found([experience("e", audience=audience)], **about) == ["PY:e:a"]) is holds, (
            audience,
            about,
        )


def test_a_visitor_always_gets_the_same_variant_and_shares_follow_weights():
    split = experience("split", variants=[{"id": "a", "weight": 1}, {"id": "b", "weight": 3}])
    got = [variant_for(split, visitor=f"v{number}")["id"] for number in range(1000)]

    assert got == [variant_for(split, visitor=f"v{number}")["id"] for number in range(1000)]
    assert 200 < got.count("a") < 300


def test_a_percentage_lets_that_share_in():
    some = experience("some", percentage=10)
    share = len([1 for number in range(1000) if variant_for(some, visitor=f"v{number}")])

    assert 70 < share < 130
    assert variant_for(experience("none", percentage=0), visitor="v") is None


def test_only_scopes_that_were_asked_for_are_decided():
    hero = experience("h", scope="hero")

    assert found([hero]) == []
    assert found([hero], query={"decisionScopes": ["hero"]}) == ["PY:h:a"]


def test_views_come_with_the_page():
    cart = experience("c", scope="cart", scopeType="view")
    decided = decide([cart], visitor="v", event=event(), query=PAGE)

    assert decided[0]["scope"] == "cart"
    assert decided[0]["scopeDetails"]["characteristics"]["scopeType"] == "view"


def test_higher_priority_comes_first_and_a_group_gives_one():
    low, high = experience("low", group="g"), experience("high", priority=5, group="g")

    assert found([low, high]) == ["PY:high:a"]
    assert found([experience("one"), experience("two", priority=1)]) == ["PY:two:a", "PY:one:a"]
