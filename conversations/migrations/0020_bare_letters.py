"""Conversations are searched by names without accents. A generated column cannot change its expression: it is made anew."""

from typing import ClassVar

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat

from conversations.folding import Folded

SEARCHED = Folded(Concat(F("contact_name"), Value(" "), F("company_name"), Value(" "), F("address")))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0019_fallback_words")]

    operations: ClassVar = [
        migrations.RemoveIndex("conversation", "conversation_parts"),
        migrations.RemoveField("conversation", "searched"),
        migrations.AddField(
            "conversation",
            "searched",
            models.GeneratedField(expression=SEARCHED, output_field=models.TextField(), db_persist=True),
        ),
        migrations.AddIndex(
            "conversation",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("searched", name="gin_trgm_ops"), name="conversation_parts"
            ),
        ),
    ]
