"""Messages of campaigns were queued with the words of a workflow for when SMS takes over, which no gateway knows."""

from django.db import migrations

WORDS = """
UPDATE conversations_message
SET fallback = array_replace(array_replace(fallback, 'unsupported', 'imessage_unsupported'), 'fails', 'imessage_fails')
WHERE state IN ('draft', 'queued', 'sending') AND fallback && ARRAY['unsupported', 'fails']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0018_counted_slice")]

    operations = [migrations.RunSQL(WORDS, migrations.RunSQL.noop)]
