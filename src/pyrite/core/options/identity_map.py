"""The keys of one identity in an identity map, as a table of options. Pure."""

# One of an identity map.
IDENTITY = (
    ("id", "css", None, "who it is, in the namespace"),
    (
        "authenticatedState",
        ("ambiguous", "authenticated", "loggedOut"),
        None,
        "whether the visitor has shown to be that",
    ),
    ("primary", "bool", None, "the identity that others belong to"),
    ("xid", "css", None, "the identity's id in the identity service"),
    ("namespace", "object", None, "the namespace again: {code}"),
)
