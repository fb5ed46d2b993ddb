"""Each line marked with `wrong` holds a mistake that must be found."""

from pyrite import alloy


async def main() -> None:
    await alloy.configure()  # wrong: the data stream is missing
    await alloy.event(viewstart=True)  # wrong: a misspelt option
    await alloy.evnt()  # wrong: a misspelt command
    await alloy.event(view_start="yes")  # wrong: a text where a switch is expected
    await alloy.event(render_decisions=True)  # wrong: an option of another command
    await alloy.configure(datastream_id="shop", default_consent="maybe")  # wrong: none of the known
    await alloy.event(data=["a", "list"])  # wrong: no object
    alloy("event", ["list"])  # wrong: no dict of options
    result = await alloy.event()
    result.propositions  # wrong: the result is a dict
    await alloy.track_event([{"pageId": "{A}"}])  # wrong: a page view without its address
    await alloy.track_event({"outcomeId": "o", "monetaryValue": "1"})  # wrong: a value as a text
    await alloy.track_event([{"name": "o"}])  # wrong: an event without an id
    await alloy.track_event()  # wrong: no events
    await alloy.ibexa(event="click", itemtype=1, itm=1)  # wrong: a misspelt word
    await alloy.ibexa(event="consume", after={"second": 20})  # wrong: a misspelt wait
