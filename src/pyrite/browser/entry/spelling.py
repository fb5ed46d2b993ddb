"""Names as Python callers spell them: `view_start` for `viewStart`, also in what a refused command says.

Pure. What is inside an option is the caller's own and keeps Alloy's names.
"""

from ...core.commands.table import COMMANDS
from ...core.options.configure import CONFIGURE


def alloys(name: str) -> str:
    """`viewStart` for `view_start`; a name in Alloy's spelling stays as it is."""
    pieces = name.split("_")
    return "".join([pieces[0]] + [piece[0].upper() + piece[1:] for piece in pieces[1:] if piece])


def pythons(name: str) -> str:
    """`view_start` for `viewStart`."""
    return "".join(["_" + char.lower() if "A" <= char <= "Z" else char for char in name])


class Spelling:
    """How a caller has spelled the options of *command*: *given* are their names as they were written."""

    def __init__(self, command: str, given: "list[str]") -> None:
        self._command = command
        self._given = {alloys(name): name for name in given}
        self._is_alloys = any([name != name.lower() for name in given])
        self._is_either = all([name == name.lower() and "_" not in name for name in given])

    def of_path(self, path: str) -> str:
        """The path of an option as the caller would write it."""
        name, dot, rest = path.partition(".")
        return self._name(name) + dot + rest

    def of_message(self, message: str) -> str:
        """What a refused command says, with its names as the caller would write them."""
        if self._is_alloys:
            return message
        for command in (self._command, "configure"):
            pieces = message.split(command + ": options.")
            problems = [self._problem(command, piece) for piece in pieces[1:]]
            message = (pythons(command) + ": options.").join([pieces[0]] + problems)
        message = message.replace("] " + self._command + ": ", "] " + pythons(self._command) + ": ")
        return message.replace("edgeDomain", "edge_domain")

    def _problem(self, command: str, text: str) -> str:
        """`PATH: what is wrong; …`."""
        path, colon, rest = text.partition(": ")
        if "." not in path and rest.startswith("unknown"):
            rest = _words(rest, _options(command))
            for name in _options(command) if self._is_either else []:
                # Both are taken.
                rest = rest.replace(
                    f"mean {pythons(name)!r}?", f"mean {pythons(name)!r} or {name!r}?"
                )
        return self.of_path(path) + colon + rest

    def _name(self, name: str) -> str:
        return self._given.get(name, name if self._is_alloys else pythons(name))


def _options(command: str) -> "list[str]":
    if command == "configure":
        return [row[0] for row in CONFIGURE]
    return [row[0] for row in COMMANDS[command].options] if command in COMMANDS else []


def _words(text: str, names: "list[str]") -> str:
    """*text* with each word that is one of *names* in Python's spelling."""
    out = ""
    word = ""
    for char in text + "\n":
        if char.isalpha():
            word += char
        else:
            out += (pythons(word) if word in names else word) + char
            word = ""
    return out[:-1]
