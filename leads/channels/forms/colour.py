"""A brand colour on forms, adjusted to be readable in light and dark. Contrast as defined by WCAG 2, from 1 to 21."""

import re

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
LIGHT_SURFACE, DARK_SURFACE = WHITE, (29, 28, 25)  # --surface of static/css/tokens.css
READABLE = 4.5
STEPS = 50

Colour = tuple[int, int, int]


def is_colour(text: str) -> bool:
    """Return whether a text is a colour in the form "#rrggbb"."""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text))


def stylesheet_of(text: str, *, selector: str = ":root") -> str:
    """Return the style sheet that applies a colour to a page or a part of it; "" if it is not a colour."""
    if not is_colour(text):
        return ""
    colour = _read(text)
    light, dark = _readable_on(colour, LIGHT_SURFACE), _readable_on(colour, DARK_SURFACE)
    side = _readable_under_white(_mix(colour, BLACK, 0.45))
    values = {
        "accent": (light, dark),
        "accent-hover": (_mix(light, BLACK, 0.15), _mix(dark, WHITE, 0.15)),
        "accent-text": (light, dark),
        "accent-tint": (_mix(light, WHITE, 0.88), _mix(dark, DARK_SURFACE, 0.8)),
        "on-accent": (_on(light), _on(dark)),
        "side": (side, side),
        "side-mark": (_mix(colour, WHITE, 0.55), _mix(colour, WHITE, 0.55)),
    }
    lines = (f"  --{name}: light-dark({_hex(one)}, {_hex(other)});" for name, (one, other) in values.items())
    return f"{selector} {{\n" + "\n".join(lines) + "\n}\n"


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable_on(colour: Colour, surface: Colour) -> Colour:
    """Return the colour, shifted until text in it is readable on the surface."""
    towards = BLACK if _luminance(surface) > 0.5 else WHITE
    candidates = (_mix(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(candidate for candidate in candidates if contrast(candidate, surface) >= READABLE)


def _readable_under_white(colour: Colour) -> Colour:
    """Return the colour, darkened until white text on it is easy to read."""
    candidates = (_mix(colour, BLACK, step / STEPS) for step in range(STEPS + 1))
    return next(candidate for candidate in candidates if contrast(candidate, WHITE) >= 2 * READABLE)


def _on(colour: Colour) -> Colour:
    return max(WHITE, BLACK, key=lambda text: contrast(text, colour))


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour mixed with this share of another, 0..1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _read(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(colour: Colour) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"
