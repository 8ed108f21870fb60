from django.db import models


class Source(models.Model):
    """Where events come from: a website, an app, a server. Its write key lets a client send events, and nothing else.

    write_key is public by nature (it stands in the website's code), so it is kept readable. is_channel: it stands for a
    channel of our own (forms, links, what a user's programs send over REST) and is found again by its name.
    """

    name = models.CharField(max_length=100)
    write_key = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    is_channel = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="source_name_once"),
            models.UniqueConstraint(fields=["write_key"], name="source_write_key_once"),
        ]

    def __str__(self) -> str:
        return self.name
