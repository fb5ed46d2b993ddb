"""The drop-in as it ships: an npm folder in place of the original, an address, a server, a worker."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jss.recorder import Recorder
from playwright.sync_api import Page
from support.packs import pack
from support.site import Site

APP = """
import { trackingApi, EventInstance, PageViewInstance } from "@sitecore-jss/sitecore-jss-tracking";

const options = { host: "https://edge.example", querystringParams: { sc_apikey: "{A}" } };
const view: PageViewInstance = { pageId: "{A}", url: "/", more: [1] };
const done: Promise<void> = trackingApi.trackEvent([view, { outcomeId: "o", monetaryValue: 1.5 }], options);
trackingApi.trackEvent([{ eventId: "a" }], { ...options, fetcher: (url: string, data?: any) => fetch(url, data), action: "flush", test: true });
trackingApi.trackEvent({ goalId: "a" }, { alloy: "alloy" });
trackingApi.trackEvent([{ pageId: "{A}" }], options); // wrong
trackingApi.trackEvent([{ outcomeId: "o", monetaryValue: "1" }], options); // wrong
trackingApi.trackEvent([{ id: "o" }], options); // wrong
trackingApi.trackEvent([{ eventId: "a" }], { hots: "https://edge.example" }); // wrong
trackingApi.trackEvent([{ eventId: "a" }]); // wrong
"""
CALL = """
const host = process.argv.at(-1), options = { host, querystringParams: { sc_apikey: "{A}" } };
Promise.all([trackingApi.trackEvent([{ eventId: "server" }], options), trackingApi.trackEvent([], { ...options, alloy: "alloy" })])
  .then(async (ends) => console.log(JSON.stringify(ends.map((end) => typeof end)), await trackingApi.trackEvent([{ eventId: "test" }], { ...options, test: true })));
"""
NAME = "@sitecore-jss/sitecore-jss-tracking"


@pytest.fixture(scope="module")
def app(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the drop-in installed."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "package.json").write_text('{"private": true}')
    npm = shutil.which("npm")
    assert npm
    command = [npm, "install", "--offline", "--no-audit", "--no-fund", str(built / "jss")]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def test_npm_installs_it_in_place_of_the_original(app: Path) -> None:
    assert NAME in json.loads((app / "package.json").read_text())["dependencies"]
    assert (app / "node_modules" / NAME / "tracking.mjs").is_file()


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("module", f'import {{ trackingApi }} from "{NAME}";'),
        ("commonjs", f'const {{ trackingApi }} = require("{NAME}");'),
    ],
)
def test_on_a_server_nothing_is_sent_and_the_promise_resolves(
    app: Path, recorder: Recorder, kind: str, first: str
) -> None:
    recorder.forget()
    command = ["node", f"--input-type={kind}", "-e", first + CALL, "--", recorder.origin()]
    result = subprocess.run(command, cwd=app, capture_output=True, text=True, timeout=20)

    assert result.stdout.strip() == '["undefined","undefined"]', result.stderr
    assert [request.body for request in recorder.requests] == ['[{"eventId":"test"}]']


@pytest.mark.parametrize("modules", ["commonjs", "nodenext", "bundler"])
def test_it_has_the_originals_types(app: Path, modules: str) -> None:
    (app / "app.ts").write_text(APP)
    resolution = "node10" if modules == "commonjs" else modules
    command = ["node", str(pack("typescript") / "lib" / "tsc.js"), "--noEmit", "--strict"]
    command += ["--module", "esnext" if modules == "bundler" else modules]
    command += ["--moduleResolution", resolution, "--target", "es2020", "--lib", "es2020,dom"]
    said = subprocess.run([*command, "app.ts"], cwd=app, capture_output=True, text=True).stdout
    wrong = {number for number, line in enumerate(APP.splitlines(), 1) if "// wrong" in line}

    assert {int(line) for line in re.findall(r"app\.ts\((\d+),", said)} == wrong, said


@pytest.mark.lanes("compiled")
def test_the_edge_serves_it_in_a_kilobyte(site: Site, page: Page, built: Path) -> None:
    assert len((built / "jss" / "tracking.mjs.br").read_bytes()) <= 1000
    with Recorder() as service:
        page.goto(
            site.page(
                f"""<!doctype html><script type="module">
                import {{ trackingApi }} from "/jss/tracking.mjs";
                trackingApi.trackEvent({{ eventId: "a" }}, {{ host: "{service.origin()}" }}).then(() => document.title = "sent");
                </script>"""
            )
        )
        page.wait_for_function("document.title === 'sent'")

        assert service.requests[0].body == '[{"eventId":"a"}]'


@pytest.mark.lanes("compiled")
def test_a_worker_of_a_browser_is_a_browser(site: Site, page: Page) -> None:
    with Recorder() as service:
        site.file(
            "/worker-app.js",
            f"""import {{ trackingApi }} from "/jss/tracking.mjs";
            trackingApi.trackEvent({{ eventId: "a" }}, {{ host: "{service.origin()}" }}).then(() => postMessage("sent"));""",
        )
        page.goto(
            site.page(
                """<!doctype html><script>
                new Worker("/worker-app.js", {type: "module"}).onmessage = ({data}) => document.title = data;
                </script>"""
            )
        )
        page.wait_for_function("document.title === 'sent'")

        assert [request.body for request in service.requests] == ['[{"eventId":"a"}]']


@pytest.mark.lanes("compiled")
def test_a_page_rendered_on_a_server_counts_once(site: Site, page: Page, app: Path) -> None:
    view = 'trackingApi.trackEvent([{ pageId: "{A}", url: "/" }], { host: HOST })'
    with Recorder() as service:
        render = f'import {{ trackingApi }} from "{NAME}"; {view}.then(() => console.log("<h1>rendered</h1>"));'
        command = ["node", "--input-type=module", "-e"]
        html = subprocess.run(
            [*command, render.replace("HOST", json.dumps(service.origin()))],
            cwd=app,
            capture_output=True,
            text=True,
        ).stdout
        script = f'import {{ trackingApi }} from "/jss/tracking.mjs"; {view}.then(() => document.title = "hydrated");'
        script = script.replace("HOST", json.dumps(service.origin()))
        page.goto(site.page(f'<!doctype html>{html}<script type="module">{script}</script>'))
        page.wait_for_function("document.title === 'hydrated'")

        assert page.text_content("h1") == "rendered"
        assert len(service.requests) == 1
