"""A line's use is counted by five minutes, and the column is called so."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0017_former_conversations")]

    operations: ClassVar = [
        migrations.RenameField("message", "counted_hour", "counted_slice"),
        migrations.AlterField(
            "message",
            "counted_slice",
            models.DateTimeField(null=True, help_text="When the five minutes of the line began that counted it."),
        ),
    ]
