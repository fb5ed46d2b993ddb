// For development: checks in the page what its trackers send against the schemas of the data stream, and says on the console
// which event is wrong, where, and what to do. It asks the edge for the schemas (`development = true` in its settings), once a
// data stream; the edge checks the same ones again. Not for production: it is many times the size of what it watches.
import { Validator } from "@cfworker/json-schema";

const page = window;
const streams = {}; // what is known of each data stream, by the address of its schemas
const OUTER = /^(properties|items|\$ref|allOf|anyOf|oneOf|if|then|else|additionalProperties)$/; // errors that only lead to others

const ask = (address) =>
  fetch(address)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`status ${response.status}`))))
    .then(({ schemas, violations }) => {
      const validators = {};
      for (const [type, schema] of Object.entries(schemas)) {
        const draft = /draft-0?(4|7)|2019-09/.exec(schema.$schema || "");
        validators[type] = new Validator(schema, draft ? draft[1] || draft[0] : "2020-12", false);
      }
      return { validators, refuses: violations === "refuse" };
    })
    .catch((error) => {
      console.info(`[check] no schemas from ${address}: ${error.message}; is 'development = true' set in the edge's [edge]?`);
      return { validators: {} };
    });

const path = (location) => location.replace(/^#/, "").replace(/\/(\d+)(?=\/|$)/g, "[$1]").replace(/\//g, ".") || ".";

const check = ({ validators, refuses }, { xdm = {}, data = {} }, name) => {
  const type = xdm.eventType || data.type || "";
  const rule = Object.hasOwn(validators, type) ? type : "*";
  const validator = Object.hasOwn(validators, rule) && validators[rule];
  const result = validator ? validator.validate({ xdm, data }) : { valid: true };
  if (result.valid) return;
  const leaves = result.errors.filter((error) => !OUTER.test(error.keyword));
  const said = (leaves.length ? leaves : result.errors).slice(0, 5).map((error) => `${path(error.instanceLocation)}: ${error.error.replace(/\.$/, "")}`);
  const fate = refuses ? "the edge refuses it, and keeps it as a bad row" : "the edge stores it all the same";
  console[refuses ? "error" : "warn"](
    `[${name}] event '${type}' (${xdm._id}) is not what the schema '${rule}' of its data stream describes: ${said.join("; ")}. ` +
      `Send it as described, or change the schema; as it is ${fate}.`,
  );
};

(page.__alloyMonitors = page.__alloyMonitors || []).push({
  onBeforeNetworkRequest({ instanceName, url, payload }) {
    const events = (payload && payload.events) || [];
    if (!events.length) return;
    const { origin, pathname, searchParams } = new URL(url);
    const address = `${origin}${pathname.replace(/\/v1\/.*/, "/v1/schemas")}?configId=${encodeURIComponent(searchParams.get("configId"))}`;
    streams[address] = streams[address] || ask(address);
    streams[address].then((known) => events.forEach((event) => check(known, event, instanceName)));
  },
});
