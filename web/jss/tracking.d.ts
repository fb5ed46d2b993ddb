// The types of Pyrite's drop-in for @sitecore-jss/sitecore-jss-tracking, under the original's names.

/** More than Sitecore knows is kept, and handed to the processors of the service. */
interface More {
  [key: string]: unknown;
}

export interface EventInstance extends More {
  /** GUID or alias. */
  eventId: string;
}

export interface GoalInstance extends More {
  /** GUID or alias. */
  goalId: string;
}

export interface OutcomeInstance extends More {
  /** GUID or alias. */
  outcomeId: string;
  /** Three letters (ISO 4217). */
  currencyCode?: string;
  monetaryValue?: number;
}

export interface CampaignInstance extends More {
  /** GUID or alias. */
  campaignId: string;
}

export interface PageViewInstance extends More {
  /** GUID of the page's item. */
  pageId: string;
  /** Usually the absolute path of the route; any text. */
  url: string;
}

export type Instance = EventInstance | GoalInstance | OutcomeInstance | CampaignInstance | PageViewInstance;

export interface FetcherResponse {
  status: number;
  statusText: string;
  data?: unknown;
}

export interface TrackingRequestOptions {
  /** Origin of the service; the page's own when it is not given. */
  host?: string;
  /** Path of the service; default: /sitecore/api/jss/track. */
  serviceUrl?: string;
  /** What to do: `event` (default), `flush`, or a name of the service's own. */
  action?: string;
  /** Parameters of the address; usually `{ sc_apikey }`. */
  querystringParams?: { [name: string]: unknown };
  /** Sends the request: that of JSS 19 gets the events as `data`, that of JSS 23 the options of `fetch`. Default: `fetch` with cookies. */
  fetcher?: (url: string, data?: any) => Promise<FetcherResponse>;
  /** Name of Pyrite's tracker on this page (`alloy`): events go through its outbox, to its own edge. */
  alloy?: string;
  /** Send from a server as well, in tests. */
  test?: boolean;
}

export declare namespace trackingApi {
  /**
   * Sends one event or several in one request.
   *
   * Resolves with the body of the answer, or with `undefined` on a server, where nothing is sent. Rejects with an Error that has
   * `response` (`status`, `statusText`, `data`) where the service refused. Never throws.
   */
  function trackEvent(events: Instance | Instance[], options: TrackingRequestOptions): Promise<void>;
}
