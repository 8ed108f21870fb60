"""QR codes of our addresses, as SVG that prints at any size."""

import io

import segno
from django.http import HttpResponse


def qr_answer(address: str, *, name: str) -> HttpResponse:
    """Return the QR code of an address as a picture; when saved, the file is called `name`.svg.

    Error correction level M: a code on a stand remains readable with 15 % of it damaged.
    """
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, light="#fff")
    headers = {"Content-Disposition": f'inline; filename="{name}.svg"'}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)
