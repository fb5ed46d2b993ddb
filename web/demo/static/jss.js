// The page /jss: a call of the tracking client for each button, and the visitor's profile as the edge has it.
import { trackingApi } from "/jss/tracking.mjs";

const calls = document.querySelector("[data-jss]");
const said = document.querySelector("[data-said]");
const profile = document.querySelector("[data-profile]");
const options = (action) => ({ action, querystringParams: { sc_apikey: calls.dataset.jss } });

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  made.append(text, ...children);
  return made;
};

const named = ({ kind, definition, url, monetaryValue, currencyCode }) =>
  [kind, definition || url, monetaryValue && `${monetaryValue} ${currencyCode}`].filter(Boolean).join(" · ");

const shown = (session) => {
  const who = { true: "a robot", false: "a human", null: "nobody can tell yet who" }[session.robot];
  const state = session.open ? "open: not in the profile before it ends" : `ended (${session.how})`;
  const entries = element("ol", "", ...session.entries.map((entry) => element("li", named(entry))));
  const campaign = session.entries.find(({ id, kind }) => kind === "campaign" && id === session.campaign);
  const counts = `${session.pages} page views, ${session.events} events, value ${session.value}${campaign ? `, campaign ${campaign.definition}` : ""}`;
  return element("article", "", element("h3", `Session ${session.started.slice(11, 19)}`), element("p", `${state}; ${who}`), element("p", counts), entries);
};

const show = async () => {
  const response = await fetch("/sitecore/api/jss/track/profile");
  if (!response.ok) return;
  const { contact, sessions } = await response.json();
  if (sessions.length) profile.replaceChildren(element("p", `Contact ${contact}`), ...sessions.reverse().map(shown));
};

calls.addEventListener("click", async ({ target }) => {
  const { track, action } = target.dataset;
  if (!track) return;
  const call = `trackEvent(${JSON.stringify(JSON.parse(track), null, 1)}${action ? `, {action: "${action}"}` : ""})`;
  try {
    const answer = await trackingApi.trackEvent(JSON.parse(track), options(action));
    said.textContent = `${call}\n\nresolved${answer ? `: ${JSON.stringify(answer, null, 1)}` : ""}`;
  } catch (error) {
    said.textContent = `${call}\n\nrejected: ${error.message}\n${JSON.stringify(error.response?.data ?? {}, null, 1)}`;
  }
  await show();
});

await show();
