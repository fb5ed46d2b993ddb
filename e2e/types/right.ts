/// <reference path="alloy.d.ts" />
// What the README shows: it must compile.
alloy("configure", {
  datastreamId: "shop",
  edgeDomain: "127.0.0.1:8000",
  context: ["web", "device"],
  onBeforeEventSend: (event) => {
    event.data.seen = true;
  },
  clickCollection: { filterClickDetails: (details) => details.linkType !== "exit" },
});
alloy("event", { viewStart: true, data: { key: "value" } }).then(({ requestBody, responseBody }) => {
  console.log(requestBody?.events[0].xdm._id, responseBody?.handle.length);
});
async function all(): Promise<string> {
  const { propositions } = await alloy("sendEvent", { renderDecisions: true, personalization: { surfaces: ["#hero"] } });
  await alloy("setConsent", { consent: [{ standard: "Adobe", version: "1.0", value: { general: "in" } }] });
  await alloy("setConsent", { consent: [{ standard: "IAB TCF", version: "2.0", value: "CO052l", gdprApplies: true }] });
  const { identity } = await window.alloy("getIdentity", { namespaces: ["ECID"] });
  const { url } = await alloy("appendIdentityToUrl", { url: "https://other.example/" });
  const { eventMergeId } = await alloy("createEventMergeId");
  const { libraryInfo } = await alloy("getLibraryInfo");
  await alloy("setDebug", { enabled: true });
  try {
    await alloy("event", { documentUnloading: true, mergeId: eventMergeId, xdm: {} });
  } catch (error) {
    const { code, path } = error as Alloy.AlloyError;
    return code + path;
  }
  return [propositions[0].id, identity.ECID, url, libraryInfo.version].join();
}
all();
alloy("trackEvent", { events: { goalId: "Instant Demo", more: [1] } });
alloy("trackEvent", {
  events: [
    { eventId: "Download" },
    { outcomeId: "Opportunity", currencyCode: "USD", monetaryValue: 1337.5 },
    { campaignId: "Spring" },
    { pageId: "{110D559F-DEA5-42EA-9C1C-8A5DF7E70EF9}", url: "/" },
  ],
  host: "https://sitecore.example",
  querystringParams: { sc_apikey: "{AAAAAAAA-0000-0000-0000-000000000001}" },
}).then(({ errors }) => errors.map(({ index, code, path }) => index + code + path));
alloy("ibexa", { event: "click", itemtype: 1, item: 128, lang: "de" }).then(({ requestBody }) => requestBody?.events.length);
alloy("ibexa", { event: "consume", itemtype: 1, item: "a", after: { seconds: 20, steps: 10 } });
alloy("ibexa", { event: "rendered", itemtype: 1, items: [1, "2"], scenario: "top", after: { visible: document.body } });
alloy("ibexa", { event: "login", target: "johndoe" });
alloy("ibexa", { event: "rate", itemtype: 1, item: 1, rating: 80, user: "johndoe" });
alloy("ibexa", { path: "basket/1/128" });
