"""Django looks for tags here."""
