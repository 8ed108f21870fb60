"""QR codes of our addresses, as SVG that prints at any size."""

import io

import segno
from django.http import HttpResponse


def qr_answer(address: str, *, name: str) -> HttpResponse:
    """Return the code of an address as a picture; saved, its file is called `name`.svg.

    Level M of error correction: a code on a stand still reads with an eighth of it scratched.
    """
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, light="#fff")
    headers = {"Content-Disposition": f'inline; filename="{name}.svg"'}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)
