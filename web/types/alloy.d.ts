// The tracker's function for TypeScript: `/// <reference path="alloy.d.ts" />`, or a copy of this file in the project.
// Names and meanings: web/docs/commands.md. e2e/types compiles what is right and what is not; tests/test_types.py compares the
// names with the tracker's own tables.

declare namespace Alloy {
  type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
  interface JsonObject {
    [name: string]: unknown;
  }

  /** What a promise is rejected with. */
  interface AlloyError extends Error {
    /** Stable: `options.invalid`, `command.unknown`, `edge.refused`, `network.failed`, … */
    code: string;
    /** The option concerned, or empty. */
    path: string;
    /** The edge's status, where it refused. */
    status?: number;
    /** The edge's own code, where it gave one. */
    reason?: string;
    /** Of `trackEvent`, as Sitecore's clients have it. */
    response?: { status: number; data?: unknown };
  }

  type Context =
    | "web"
    | "device"
    | "environment"
    | "placeContext"
    | "highEntropyUserAgentHints"
    | "oneTimeAnalyticsReferrer";

  interface EventContent {
    xdm: JsonObject;
    data: JsonObject;
  }

  interface ClickDetails {
    linkName?: string;
    linkRegion?: string;
    linkType?: string;
    linkUrl?: string;
    /** The page's name where it has one (pageIDType 1), else its address (0). */
    pageName?: string;
    pageIDType?: 0 | 1;
    /** The innermost element. */
    clickedElement?: Element;
  }

  interface ClickCollection {
    internalLinkEnabled?: boolean;
    externalLinkEnabled?: boolean;
    downloadLinkEnabled?: boolean;
    sessionStorageEnabled?: boolean;
    eventGroupingEnabled?: boolean;
    /** May change the details; false drops the click. */
    filterClickDetails?: (details: ClickDetails) => boolean | void;
  }

  interface Outbox {
    maxEvents?: number;
    /** Of JSON. */
    maxBytes?: number;
    maxAgeHours?: number;
  }

  /** Counts of this page's events. */
  interface Delivery {
    waiting: number;
    /** Of what waits. */
    bytes: number;
    sent: number;
    retried: number;
    acknowledged: number;
    /** Taken over from pages before this one. */
    restored: number;
    /** By reason: full, too_large, too_old, consent, refused. */
    dropped: { [reason: string]: number };
  }

  type Collected = "always" | "never" | "decoratedElementsOnly";

  interface Configuration {
    datastreamId: string;
    orgId?: string;
    /** A host, with a port if need be; http only for localhost. */
    edgeDomain?: string;
    edgeBasePath?: string;
    defaultConsent?: "in" | "out" | "pending";
    globalPrivacyControlEnabled?: boolean;
    context?: Context[];
    /** CSS that hides what personalization may change. */
    prehidingStyle?: string;
    /** Seconds. */
    prehidingTimeout?: number;
    decisioningMethod?: "server-side" | "on-device";
    clickCollectionEnabled?: boolean;
    clickCollection?: ClickCollection;
    /** A regular expression for addresses that count as downloads. */
    downloadLinkQualifier?: string;
    onBeforeLinkClickSend?: (event: EventContent & { clickedElement?: Element }) => boolean | void;
    /** May change the event; false cancels it. */
    onBeforeEventSend?: (event: EventContent) => boolean | void;
    autoViewStart?: boolean;
    autoViewStartOnHash?: boolean;
    early?: boolean;
    /** What may wait for the edge's acknowledgement, in this page and those after it. */
    outbox?: Outbox;
    edgeConfigOverrides?: JsonObject;
    /** Nothing leaves the page: commands that would send reject with `tracker.disconnected`. */
    disconnected?: boolean;
    debugEnabled?: boolean;
    /** By decision provider; PYR is Pyrite. */
    autoCollectPropositionInteractions?: { AJO?: Collected; TGT?: Collected; PYR?: Collected };
    thirdPartyCookiesEnabled?: boolean;
    idMigrationEnabled?: boolean;
    targetMigrationEnabled?: boolean;
    personalizationStorageEnabled?: boolean;
    streamingMedia?: JsonObject;
    pushNotifications?: JsonObject;
    advertising?: JsonObject;
    conversation?: JsonObject;
  }

  interface Personalization {
    decisionScopes?: string[];
    surfaces?: string[];
    sendDisplayEvent?: boolean;
    includeRenderedPropositions?: boolean;
    defaultPersonalizationEnabled?: boolean;
    decisionContext?: JsonObject;
    untilRendered?: boolean;
  }

  interface CommonOptions {
    documentUnloading?: boolean;
    type?: string;
    data?: JsonObject;
    xdm?: JsonObject;
    mergeId?: string;
    decisionScopes?: string[];
    personalization?: Personalization;
    edgeConfigOverrides?: JsonObject;
  }

  interface EventOptions extends CommonOptions {
    viewStart?: boolean;
  }

  interface SendEventOptions extends CommonOptions {
    renderDecisions?: boolean;
    datasetId?: string;
    advertising?: JsonObject;
  }

  interface ApplyPropositionsOptions {
    propositions?: Proposition[];
    /** Where to render content of a scope. */
    metadata?: { [scope: string]: { selector: string; actionType: string } };
    viewName?: string;
  }

  interface ApplyResponseOptions {
    renderDecisions?: boolean;
    responseHeaders?: { [name: string]: string };
    responseBody: { handle: Array<{ type: string; payload: unknown }>; [name: string]: unknown };
    personalization?: Personalization;
  }

  interface JssEvent extends JsonObject {
    /** GUID or alias. */
    eventId: string;
  }

  interface JssGoal extends JsonObject {
    /** GUID or alias. */
    goalId: string;
  }

  interface JssOutcome extends JsonObject {
    /** GUID or alias. */
    outcomeId: string;
    /** Three letters (ISO 4217). */
    currencyCode?: string;
    monetaryValue?: number;
  }

  interface JssCampaign extends JsonObject {
    /** GUID or alias. */
    campaignId: string;
  }

  interface JssPageView extends JsonObject {
    /** GUID of the page's item. */
    pageId: string;
    /** Usually the absolute path of the route; any text. */
    url: string;
  }

  /** An event of Sitecore JSS; more keys are kept. */
  type JssTracked = JssEvent | JssGoal | JssOutcome | JssCampaign | JssPageView;

  interface TrackEventOptions {
    events: JssTracked | JssTracked[];
    /** Origin of another JSS service. */
    host?: string;
    serviceUrl?: string;
    action?: string;
    querystringParams?: JsonObject;
    documentUnloading?: boolean;
  }

  interface TrackEventResult {
    /** The body that the first of the events left in; of another service the list of events. */
    requestBody?: unknown;
    /** Only where there was an answer. */
    responseBody?: unknown;
    /** Events that were not taken beside those that were. */
    errors: Array<{ index: number; code: string; message: string; path: string }>;
  }

  type IbexaEvent =
    | "click" | "consume" | "buy" | "basket" | "deletefrombasket" | "wishlist" | "deletefromwishlist" | "blacklist" | "owns" | "rendered";
  type IbexaItems = { item: number | string } | { items: Array<number | string> };

  /** What an event waits for; its promise ends with the last of its events. */
  type IbexaAfter =
    /** Seconds that the page was visible; in steps each is an event with its percentage. */
    | { seconds: number; steps?: number }
    /** Percent of the page that was scrolled into sight. */
    | { scrolled: number }
    /** The share of a video or a recording that was played, by default in four steps. */
    | { played: Element | string; steps?: number }
    /** Half of an element, for a second. */
    | { visible: Element | string };

  interface IbexaCommon {
    /** The page's own device where it is left out. */
    user?: string;
    customer?: string;
    token?: string;
    /** Its id: a pixel with the same one counts once with it. */
    eid?: string;
    categorypath?: string;
    percentage?: number;
    quantity?: number;
    /** Of one piece, such as `12.45EUR`. */
    fullprice?: string;
    price?: string;
    rating?: number;
    scenario?: string;
    modelid?: string;
    after?: IbexaAfter;
    documentUnloading?: boolean;
    /** Parameters of your own. */
    [parameter: string]: unknown;
  }

  type IbexaOptions = IbexaCommon &
    (
      | { path: string }
      | ({ event: IbexaEvent; itemtype: number | string } & IbexaItems)
      | ({ event: "rate"; itemtype: number | string; rating: number } & IbexaItems)
      | ({ event: "clickrecommended"; itemtype: number | string; scenario: string } & IbexaItems)
      | ({ event: "clicktriggered"; itemtype: number | string; triggername: string } & IbexaItems)
      | { event: "triggeropened"; triggername: string }
      | { event: "login"; target: string }
      /** A code of your own. */
      | ({ event: `${string}_${string}`; itemtype: number | string } & IbexaItems)
    );

  interface SetConsentOptions {
    consent: Array<
      | { standard: "Adobe"; version: "1.0"; value: { general: "in" | "out" } }
      | { standard: "Adobe"; version: "2.0"; value: { collect: { val: "y" | "n" }; [name: string]: unknown } }
      | { standard: "IAB TCF"; version: "2.0"; value: string; gdprApplies?: boolean; gdprContainsPersonalData?: boolean }
    >;
    identityMap?: JsonObject;
    edgeConfigOverrides?: JsonObject;
  }

  interface GetIdentityOptions {
    namespaces?: Array<"ECID" | "FPID" | "CORE">;
    edgeConfigOverrides?: JsonObject;
  }

  interface AppendIdentityToUrlOptions {
    url: string;
    edgeConfigOverrides?: JsonObject;
  }

  interface SetDebugOptions {
    enabled: boolean;
  }

  interface Proposition {
    id: string;
    scope: string;
    scopeDetails?: JsonObject;
    items?: Array<{ id?: string; schema: string; data?: JsonObject; characteristics?: JsonObject }>;
    renderAttempted?: boolean;
    /** Of those that were to be rendered; `waiting` for an element that was not there yet. */
    renderStatus?: "shown" | "waiting" | "failed";
    renderProblems?: string[];
  }

  interface Decisions {
    propositions: Proposition[];
    /** The propositions that were not rendered. */
    decisions: Proposition[];
  }

  interface EventResult extends Decisions {
    requestBody?: { events: Array<{ xdm: JsonObject; data?: JsonObject }>; [name: string]: unknown };
    /** Only where an answer was expected and processed. */
    responseBody?: { requestId: string; handle: Array<{ type: string; payload: unknown[] }> };
  }

  interface IdentityResult {
    identity: { ECID?: string; FPID?: string; CORE?: string | null };
    edge: { regionId: number | string };
  }

  interface LibraryInfo {
    name: string;
    version: string;
    commands: string[];
    configs: JsonObject;
  }

  /** Each command as if it were a function of its own. */
  interface Commands {
    configure(command: "configure", options: Configuration): Promise<{}>;
    event(command: "event", options?: EventOptions): Promise<EventResult>;
    sendEvent(command: "sendEvent", options?: SendEventOptions): Promise<Decisions>;
    applyPropositions(command: "applyPropositions", options: ApplyPropositionsOptions): Promise<{ propositions: Proposition[] }>;
    applyResponse(command: "applyResponse", options: ApplyResponseOptions): Promise<Decisions>;
    trackEvent(command: "trackEvent", options: TrackEventOptions): Promise<TrackEventResult>;
    ibexa(command: "ibexa", options: IbexaOptions): Promise<EventResult>;
    setConsent(command: "setConsent", options: SetConsentOptions): Promise<{}>;
    getIdentity(command: "getIdentity", options?: GetIdentityOptions): Promise<IdentityResult>;
    appendIdentityToUrl(command: "appendIdentityToUrl", options: AppendIdentityToUrlOptions): Promise<{ url: string }>;
    setDebug(command: "setDebug", options: SetDebugOptions): Promise<{}>;
    createEventMergeId(command: "createEventMergeId"): Promise<{ eventMergeId: string }>;
    getDelivery(command: "getDelivery"): Promise<Delivery>;
    getLibraryInfo(command: "getLibraryInfo"): Promise<{ libraryInfo: LibraryInfo }>;
  }

  type Rest<Command> = Command extends (command: never, ...rest: infer Found) => unknown ? Found : never;

  // One signature and no overloads: of those a compiler's error names the last, whichever command was meant.
  interface Instance {
    <Name extends keyof Commands>(command: Name, ...options: Rest<Commands[Name]>): ReturnType<Commands[Name]>;
  }
}

declare const alloy: Alloy.Instance;

interface Window {
  alloy: Alloy.Instance;
  /** Told of what a tracker does; read at each call. */
  __alloyMonitors?: { onBeforeNetworkRequest?(data: { instanceName: string; requestId: string; url: string; payload: unknown }): void }[];
}
