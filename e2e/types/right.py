"""What the README shows: it must check."""

from pyrite import alloy


async def main() -> None:
    await alloy.configure(datastream_id="shop", default_consent="in", context=["web"])
    result = await alloy.event(view_start=True, type="page", data={"key": "value", "n": [1, 2.5]})
    print(sorted(result))
    await alloy.send_event(render_decisions=True, personalization={"surfaces": ["#hero"]})
    await alloy.set_consent(
        consent=[{"standard": "Adobe", "version": "1.0", "value": {"general": "in"}}]
    )
    await alloy.append_identity_to_url(url="https://other.example/")
    await alloy("event", {"viewStart": True})
    await alloy.track_event({"goalId": "Instant Demo"})
    await alloy.track_event(
        [
            {"eventId": "Download"},
            {"outcomeId": "Opportunity", "currencyCode": "USD", "monetaryValue": 1337.5},
            {"campaignId": "Spring"},
            {"pageId": "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}", "url": "/"},
        ],
        host="https://sitecore.example",
        querystring_params={"sc_apikey": "{AAAAAAAA-0000-0000-0000-000000000001}"},
    )
    await alloy.ibexa(event="consume", itemtype=1, item=128, after={"seconds": 20, "steps": 10})
    await alloy.ibexa(event="buy", itemtype=1, item=5, quantity=2, fullprice="12.45EUR")
    await alloy.ibexa(path="basket/1/128", document_unloading=True)
