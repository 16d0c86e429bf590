"""The messages of a campaign are found by one index, sent or not, so that deleting a draft does not read every message there is."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0020_bare_letters")]

    operations: ClassVar = [
        migrations.RemoveIndex("message", "message_of_campaign"),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["campaign", "sent_at"],
                include=["channel"],
                condition=models.Q(campaign__isnull=False),
                name="message_of_campaign",
            ),
        ),
    ]
