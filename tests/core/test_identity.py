"""Identities in cookies and addresses."""

from given import ECID, NOW_MS

from pyrite.core.urls import quote
from pyrite.core.visitor.identity import (
    append_to_url,
    cookies,
    ecid_in_url,
    identity_cookie,
    parse_ecid,
)


def test_the_identity_cookie_is_read_as_it_is_written():
    assert identity_cookie(ECID) == "CiY2ODM2MDAyMjQyNjM1MjM3NzUxMDkyMzgxMzgwNDY2NzkyODY2MQ"
    assert parse_ecid(identity_cookie(ECID)) == ECID
    assert parse_ecid(identity_cookie(ECID) + "%3D%3D") == ECID


def test_a_damaged_identity_cookie_gives_no_identity():
    for value in ("", "!", "CiY2", "AAAA", identity_cookie("12") + "x!", "Cgph"):
        assert parse_ecid(value) in ("", "12")
    assert parse_ecid("Cgph") == ""


def test_cookies_are_read_with_the_first_of_a_name_winning():
    assert cookies("a=1; b=x=y; a=2;c; d=") == {"a": "1", "b": "x=y", "d": ""}


def test_an_identity_travels_in_an_address_for_five_minutes_within_the_organisation():
    url = append_to_url(
        "https://shop.test/a?b=1#top", ecid=ECID, org_id="ORG@AdobeOrg", now_ms=NOW_MS
    )

    assert (
        url
        == f"https://shop.test/a?b=1&adobe_mc=TS%3D1795157627%7CMCMID%3D{ECID}%7CMCORGID%3DORG%40AdobeOrg#top"
    )
    assert ecid_in_url(url, org_id="ORG@AdobeOrg", now_ms=NOW_MS + 299000) == ECID
    assert ecid_in_url(url, org_id="ORG@AdobeOrg", now_ms=NOW_MS + 301000) == ""
    assert ecid_in_url(url, org_id="OTHER@AdobeOrg", now_ms=NOW_MS) == ""


def test_an_address_without_a_query_gets_one():
    assert append_to_url("https://a.test/", ecid="1", org_id="o", now_ms=0).startswith(
        "https://a.test/?adobe_mc="
    )
    assert append_to_url("https://a.test/?", ecid="1", org_id="o", now_ms=0).startswith(
        "https://a.test/?adobe_mc="
    )


def test_values_are_percent_encoded():
    assert quote("a b/ü😀") == "a%20b%2F%C3%BC%F0%9F%98%80"
    assert quote("A-z_0.9~") == "A-z_0.9~"


def test_digits_of_other_scripts_and_without_end_are_no_stamp_and_no_identity():
    def read(stamp, ecid=ECID):
        url = f"https://a.test/?adobe_mc=TS%3D{stamp}%7CMCMID%3D{ecid}%7CMCORGID%3DO"
        return ecid_in_url(url, org_id="O", now_ms=NOW_MS)

    assert read(NOW_MS // 1000) == ECID
    for stamp in ("²", "1٣", "9" * 5000, "", "-1", "1_0", " 1"):
        assert read(stamp) == "", stamp
    for ecid in ("²", "9" * 5000, "٣" * 38):
        assert read(NOW_MS // 1000, ecid) == "", ecid


def test_an_identity_cookie_without_end_is_read_no_further_than_the_identity():
    assert parse_ecid(identity_cookie(ECID) + "A" * 5000) == ECID
    assert parse_ecid("A" * 100000) == ""


def handed(queries, place="?"):
    """The ECID taken from an address with these values of adobe_mc."""
    url = "https://shop.test/a" + place + "&".join([f"adobe_mc={query}" for query in queries])
    return ecid_in_url(url, org_id="ORG@AdobeOrg", now_ms=NOW_MS)


def test_of_several_identities_in_an_address_the_last_counts():
    one = "TS%3D1795157627%7CMCMID%3D11%7CMCORGID%3DORG%40AdobeOrg"
    two = one.replace("%3D11%", "%3D22%")
    stale = two.replace("1795157627", "1795150000")

    assert handed([one, two]) == "22"
    assert handed([two, one]) == "11"
    assert handed([one, stale]) == ""


def test_an_identity_in_an_address_may_be_encoded_again_or_in_small_letters():
    for query in (
        "TS=1795157627|MCMID=11|MCORGID=ORG@AdobeOrg",
        "TS%3d1795157627%7cMCMID%3d11%7cMCORGID%3dORG%40AdobeOrg",
        "TS%253D1795157627%257CMCMID%253D11%257CMCORGID%253DORG%2540AdobeOrg",
        "TS%25253D1795157627%25257CMCMID%25253D11%25257CMCORGID%25253DORG%252540AdobeOrg",
    ):
        assert handed([query]) == "11", query
    assert handed(["%25" * 3000 + "3D"]) == ""


def test_the_stamp_of_an_identity_may_have_a_fraction():
    for stamp, found in [
        ("1795157627.711", "11"),
        ("1795157627.", "11"),
        ("1795157000.9", ""),
        (".5", ""),
        ("1795157627,5", ""),
        ("²", ""),
        ("9" * 5000, ""),
    ]:
        assert handed([f"TS={stamp}|MCMID=11|MCORGID=ORG@AdobeOrg"]) == found, stamp


def test_an_identity_behind_the_hash_counts_where_the_query_has_none():
    query = "TS=1795157627|MCMID={}|MCORGID=ORG@AdobeOrg"

    assert handed([query.replace("{}", "11")], place="#/route?") == "11"
    assert (
        handed([query.replace("{}", "11") + "#/route?adobe_mc=" + query.replace("{}", "22")])
        == "11"
    )
