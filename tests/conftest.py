"""What all unit tests share."""

from hypothesis import HealthCheck, settings

# How fast the machine happens to be is no property of the code: on a loaded one an example may take a second.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
