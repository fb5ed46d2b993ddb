"""`{% load pyrite %}{% pyrite_pixel "click" itemtype=1 item=product.pk %}`: a pixel, as `pyrite.serverside.pixel` makes it."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from ..middleware import current, seen_of

register = template.Library()


@register.simple_tag(takes_context=True)  # type: ignore[untyped-decorator]
def pyrite_pixel(context: Any, kind: str, **event: Any) -> SafeString:
    """The markup; the address is escaped, so it may stand in a template as it is."""
    request = getattr(context, "request", None) or context.get("request")
    seen = seen_of(request) if request is not None else None
    return mark_safe(current().pixel(seen, str(kind), **event))
