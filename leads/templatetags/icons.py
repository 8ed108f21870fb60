"""Icons from static/icons.svg: general ones, channels, and stages."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads.events import channels
from leads.events.catalog import channel_of

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Render an icon. size: "", "small" (14 px) or "large" (20 px). Hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def glyph(stage: str) -> SafeString:
    """Render a stage's disc, which fills up as the stage rises; "todo" is the empty one."""
    return format_html(
        '<svg class="glyph" aria-hidden="true"><use href="{}#g-{}"></use></svg>', static("icons.svg"), stage
    )


@register.simple_tag
def channel_icon(channel: str, size: str = "") -> SafeString:
    """Render a channel's icon."""
    return icon(channels.channel_icon(channel), size)


@register.simple_tag
def kind_icon(kind: str, size: str = "") -> SafeString:
    """Render the icon of an event kind's channel."""
    return channel_icon(channel_of(kind), size)


register.filter("channel_label", channels.channel_label)
