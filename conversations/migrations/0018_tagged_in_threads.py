from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0017_steps")]

    operations = [
        migrations.AlterField(
            model_name="threadevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("handled", "Marked as handled"),
                    ("archived", "Archived"),
                    ("unarchived", "Back among the active ones"),
                    ("assigned", "Assigned"),
                    ("snoozed", "Snoozed"),
                    ("stopped", "Follow-ups stopped"),
                    ("excluded", "Excluded"),
                    ("tagged", "Tagged"),
                    ("untagged", "Tag taken off:"),
                ],
                max_length=10,
            ),
        ),
    ]
