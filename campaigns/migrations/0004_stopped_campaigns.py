"""Until now only a person ended a campaign. "Finished" is left to those whose leads are all through."""

from django.db import migrations, models

STOPPED = "UPDATE campaigns_campaign SET status = 'stopped' WHERE status = 'finished'"
FINISHED = "UPDATE campaigns_campaign SET status = 'finished' WHERE status = 'stopped'"


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_enrolment_made"),
    ]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("running", "Running"),
                    ("paused", "Paused"),
                    ("finished", "Finished"),
                    ("stopped", "Stopped"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
        migrations.RunSQL(STOPPED, FINISHED),
    ]
