/// <reference path="alloy.d.ts" />
// Each mistake must be found: the compiler complains about a mark under which there is none.
// @ts-expect-error the data stream is missing
alloy("configure", {});
// @ts-expect-error a misspelt option
alloy("event", { viewstart: true });
// @ts-expect-error a misspelt command
alloy("evnt", {});
// @ts-expect-error a text where a switch is expected
alloy("event", { viewStart: "yes" });
// @ts-expect-error an option of another command
alloy("event", { renderDecisions: true });
// @ts-expect-error a value that is none of the known
alloy("configure", { datastreamId: "shop", defaultConsent: "maybe" });
// @ts-expect-error a consent in no known form
alloy("setConsent", { consent: [{ general: "in" }] });
// @ts-expect-error a context group that does not exist
alloy("configure", { datastreamId: "shop", context: ["weather"] });
// @ts-expect-error the result of an event has no identity
alloy("event", {}).then(({ identity }) => identity);
// @ts-expect-error the body is not there for sure
alloy("event", {}).then(({ requestBody }) => requestBody.events);
// @ts-expect-error a command without the options that it needs
alloy("setConsent");
// @ts-expect-error a consent by the IAB without its text
alloy("setConsent", { consent: [{ standard: "IAB TCF", version: "2.0" }] });
// @ts-expect-error options for a command that takes none
alloy("getDelivery", {});
// @ts-expect-error a page view without its address
alloy("trackEvent", { events: [{ pageId: "{A}" }] });
// @ts-expect-error a value as a text
alloy("trackEvent", { events: { outcomeId: "o", monetaryValue: "1" } });
// @ts-expect-error an event without an id
alloy("trackEvent", { events: [{ name: "o" }] });
// @ts-expect-error no events
alloy("trackEvent", { host: "https://sitecore.example" });
// @ts-expect-error an event without its item
alloy("ibexa", { event: "click", itemtype: 1 });
// @ts-expect-error a rating without one
alloy("ibexa", { event: "rate", itemtype: 1, item: 1 });
// @ts-expect-error a misspelt event
alloy("ibexa", { event: "clik", itemtype: 1, item: 1 });
// @ts-expect-error steps of what has none
alloy("ibexa", { event: "consume", itemtype: 1, item: 1, after: { visible: "#box", seconds: "1" } });
