from django.db import models


class Source(models.Model):
    """A source of events: a website, an app, a server. Its write key allows sending events and nothing else.

    write_key: stored in clear text, because it is public in a website's code anyway. is_channel: the source of one of
    our own channels (forms, links, a user's programs), found by its name.
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
