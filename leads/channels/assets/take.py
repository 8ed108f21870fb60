"""Record that somebody takes a download, at most once a day for each person."""

from datetime import datetime

from django.db import transaction

from leads.events.catalog import channel_of
from leads.events.tally import count_one
from leads.intake.inbound import InboundEvent
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import Asset, AssetKind, Counted, Identifier, Signal

SOURCE = "Downloads"
KIND_OF = {AssetKind.EBOOK: "ebook_downloaded", AssetKind.CONTENT: "content_downloaded"}


@transaction.atomic
def take_asset(asset: Asset, holder: Identifier, *, signal: Signal, now: datetime) -> bool:
    """Store that the holder of a link takes the file; return whether it was counted.

    A download that is interrupted and resumed, or repeated on the same day (UTC), counts once.
    """
    kind = KIND_OF[AssetKind(asset.kind)]
    person = f"lead-{holder.lead_id}" if holder.lead_id else f"visitor-{holder.pk}"
    event = InboundEvent(
        message_id=f"{asset.pk}:{person}:{now:%Y-%m-%d}{':' + signal.value if signal else ''}",
        kind=kind,
        name=asset.title,
        channel=channel_of(kind),
        occurred_at=now,
        keys=((holder.kind, holder.value),),
        properties={"asset": asset.title, "asset_id": asset.slug},
        signal=signal.value,
    )
    is_new = bool(take_in(channel_source(SOURCE, now=now), [event], now=now).stored)
    if is_new and not signal:
        count_one(Counted.ASSET_DOWNLOAD, asset.pk, now=now)
    return is_new
