"""Texts are told apart by their step too: every workspace's tallies are counted anew, by the next sweep that adds up."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0021_campaigns_messages"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM conversations_tallybook", migrations.RunSQL.noop),
    ]
