"""The hour of a line becomes any sixty minutes: use is counted by slices of five minutes, no longer by hours of the clock."""

import django.core.validators
from django.db import migrations, models

# What the hour that runs has used counts as if it had just been used: rather a few minutes late than one too many.
LATE = "UPDATE lines_lineslice SET begins = begins + interval '55 minutes' WHERE begins > now() - interval '1 hour'"


class Migration(migrations.Migration):
    dependencies = [("lines", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="hourly_new_limit",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="New conversations in any sixty minutes; empty: no limit.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(10000)],
            ),
        ),
        migrations.RenameModel("LineHour", "LineSlice"),
        migrations.RemoveIndex("LineSlice", "linehour_by_workspace"),
        migrations.RemoveConstraint("LineSlice", "one_row_per_line_and_hour"),
        migrations.RenameField("LineSlice", "hour", "begins"),
        migrations.AlterField("LineSlice", "begins", models.DateTimeField()),
        migrations.AlterField(
            "LineSlice",
            "line",
            models.ForeignKey(db_index=False, on_delete=models.deletion.CASCADE, related_name="slices", to="lines.line"),
        ),
        migrations.AddIndex("LineSlice", models.Index(fields=["workspace", "begins"], name="lineslice_by_workspace")),
        migrations.AddConstraint(
            "LineSlice", models.UniqueConstraint(fields=("line", "begins"), name="one_row_per_line_and_slice")
        ),
        migrations.RunSQL(LATE, migrations.RunSQL.noop),
    ]
