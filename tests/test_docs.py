"""Everything a user can name stands in the documentation; what the documentation names is there."""

import re
from pathlib import Path

import msgspec
import typer.main

import pyrite
from pyrite.cli import app
from pyrite.core.commands.table import ALLOYS, COMMANDS
from pyrite.core.options.configure import CONFIGURE, UNSUPPORTED
from pyrite.edge.settings import Datastream, Edge, Limits, Personalization

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "web" / "docs"
README = (ROOT / "README.md").read_text()
PAGES = README + "".join([page.read_text() for page in sorted(DOCS.glob("*.md"))])


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text()


def missing(names: list[str], *pages: str) -> list[str]:
    text = "".join([page(name) for name in pages])
    return [name for name in names if f"`{name}`" not in text and f"`{name} " not in text]


def test_every_command_and_option_of_the_tracker_is_documented() -> None:
    options = [
        row[0]
        for table in [*[one.options for one in COMMANDS.values()], CONFIGURE]
        for row in table
    ]

    assert missing(["configure", *COMMANDS, *options], "commands") == []


def test_every_default_of_configure_is_documented() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", page("commands"), re.M))
    for name, _, default, _ in CONFIGURE:
        if isinstance(default, bool | int | str) and name not in UNSUPPORTED:
            assert (
                f"`{str(default).lower() if isinstance(default, bool) else default}`" in rows[name]
            ), name


def test_every_setting_of_the_edge_is_documented() -> None:
    fields = [
        field.encode_name
        for model in (Edge, Limits, Datastream, Personalization)
        for field in msgspec.structs.fields(model)
    ]

    assert missing(fields, "settings") == []


def test_every_condition_and_key_of_an_experience_is_documented() -> None:
    from pyrite.core.decisions.audience import CONDITIONS
    from pyrite.core.personalization.actions import TYPES
    from pyrite.edge.experiences.form import Cap, File, Goal, Schedule

    assert missing([*CONDITIONS, *TYPES], "experiences", "what-is-rendered") == []
    for model in (File, Schedule, Cap, Goal):
        for field in msgspec.structs.fields(model):
            if field.name != "id":  # the file's name, usually
                assert re.search(rf"^\[*{field.encode_name}( =|\]|$)", page("experiences"), re.M), (
                    field.name
                )


def test_every_command_of_the_command_line_and_its_flags_are_documented() -> None:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"`pyrite {name}" in PAGES, name
        for parameter in command.params:
            if parameter.name != "help":
                assert parameter.opts[0] in PAGES, (name, parameter.opts)


def test_every_endpoint_is_documented() -> None:
    for path in (
        "/alloy.js",
        "/base.js",
        "/health",
        "/v1/interact",
        "/v1/collect",
        "/v1/privacy/set-consent",
        "/v1/identity/acquire",
    ):
        assert path in page("edge")


def test_public_is_what_the_package_exports_and_the_page_of_the_edge_names() -> None:
    text = page("edge")
    named = set(re.findall(r"pyrite\.(\w+)\(", text)) | set(re.findall(r"`pyrite\.(\w+)`", text))

    assert named - {"toml"} == set(pyrite.__all__)
    assert all(callable(getattr(pyrite, name)) for name in pyrite.__all__)


def test_what_alloy_has_and_this_build_has_not_stands_in_the_page_of_differences() -> None:
    text = page("differences-from-alloy")

    assert [name for name in (*UNSUPPORTED, *ALLOYS) if f"`{name}`" not in text] == []
    assert "(web/docs/differences-from-alloy.md)" in README


def test_the_versions_agree() -> None:
    from pyrite.core.collect.context import VERSION

    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    changes = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)

    assert project
    assert changes
    assert project[1] == VERSION == pyrite.__version__ == changes[1]


def test_the_lock_files_name_no_registry() -> None:
    for folder in ("web", "e2e"):
        assert '"resolved"' not in (ROOT / folder / "package-lock.json").read_text()


def test_every_python_that_the_package_names_is_tested() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text()

    assert f">={named[0]}" == project["requires-python"]
    assert re.findall(r'"(3\.\d+)"', workflow) == named
    assert set(project["urls"]) >= {"Homepage", "Documentation", "Changelog"}


def test_packages_whose_inside_is_used_have_an_upper_bound() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    for name in ("uvicorn[standard]", "rich", "jsonschema-rs", "crawlerdetect"):
        assert re.search(rf'"{re.escape(name)}>=[\d.]+,<[\d.]+"', text), name


def test_files_that_comments_and_docstrings_name_are_there() -> None:
    folders = [ROOT / name for name in ("src", "tests", "e2e")]
    there = {path.name for folder in folders for path in folder.rglob("*.py")}
    made = {"pyrite.py", "_json.py", "in.py"}  # what the build writes for itself
    gone = [
        f"{file.relative_to(ROOT)}: {named}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for named in re.findall(r"(?<![\w*{}.-])(?:\w+/)*(\w+\.py)\b", file.read_text())
        if named not in there | made
    ]

    assert gone == []


def test_every_setting_of_ibexa_stands_in_its_page_as_it_is() -> None:
    from pyrite.edge.settings import Ibexa, IbexaCustomer

    page = (ROOT / "web" / "docs" / "ibexa.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (`[^`]*`) \|", page, re.M))
    for model in (Ibexa, IbexaCustomer):
        usual = model()
        for field in msgspec.structs.fields(model):
            assert rows[field.encode_name] == f"`{getattr(usual, field.encode_name)!r}`"
    assert "(web/docs/ibexa.md)" in README


def test_the_readme_is_one_screen() -> None:
    assert len(README.split()) <= 700


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    pages = {path.name for path in DOCS.glob("*.md")}

    assert pages - set(re.findall(r"\(web/docs/([\w-]+\.md)\)", README)) == set()


def test_links_between_pages_lead_somewhere() -> None:
    gone = []
    for path in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]:
        text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("http://", "https://", "mailto:")):
                continue
            name, _, part = target.partition("#")
            other = (path.parent / name) if name else path
            if not other.exists():
                gone.append(f"{path.name}: {target}")
            elif part and part not in _parts(other.read_text()):
                gone.append(f"{path.name}: {target} (no such heading)")

    assert gone == []


def _parts(text: str) -> set[str]:
    """The names that the headings of *text* have in an address."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).strip().replace(" ", "-") for one in headings}
