"""How the admin writes dates and times; the screens say them in words (leads/templatetags/wording.py)."""

DATE_FORMAT = "D j M Y"
DATETIME_FORMAT = "D j M Y, H:i"
TIME_FORMAT = "H:i"
