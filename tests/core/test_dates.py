"""Times and their texts."""

from pyrite.core.dates import http_date_ms, local, utc


def test_a_moment_in_utc_is_written_with_milliseconds():
    assert utc(0) == "1970-01-01T00:00:00.000Z"
    assert utc(1795157627711) == "2026-11-20T06:53:47.711Z"
    assert utc(951782400000) == "2000-02-29T00:00:00.000Z"
    assert utc(4107542399999) == "2100-02-28T23:59:59.999Z"


def test_local_time_carries_its_offset_east_of_greenwich():
    assert local(1795157627711, 0) == "2026-11-20T06:53:47.711+00:00"
    assert local(1795157627711, -60) == "2026-11-20T07:53:47.711+01:00"
    assert local(1795157627711, 210) == "2026-11-20T03:23:47.711-03:30"


def test_http_dates_are_read():
    assert http_date_ms("Fri, 20 Nov 2026 06:53:47 GMT") == 1795157627000
    assert http_date_ms("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800000
    assert http_date_ms("yesterday") == 0


def test_every_month_of_an_http_date_is_read():
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    for index, month in enumerate(months):
        read = utc(http_date_ms("Sun, 01 " + month + " 2026 00:00:00 GMT"))
        assert read == f"2026-{index + 1:02d}-01T00:00:00.000Z"
