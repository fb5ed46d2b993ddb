"""Where the parts are, from the folder of the tracker's own script: the build writes the names, with their hashes, in here."""

PATHS = {"render": "lib/render.js", "jss": "lib/jss.js", "ibexa": "lib/ibexa.js"}
