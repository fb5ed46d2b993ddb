"""The app, for Django's list of them: it brings the templates' tag."""

from django.apps import AppConfig


class Pyrite(AppConfig):  # type: ignore[misc]  # Django has no types
    """`pyrite.serverside.django` in INSTALLED_APPS."""

    name = "pyrite.serverside.django"
    label = "pyrite"
    verbose_name = "Pyrite"
