from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_workflows"),
        ("conversations", "0011_execution"),
        ("lines", "0003_limits"),
        ("workspaces", "0006_limits_and_schedules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="counted_day",
            field=models.DateField(help_text="The line's day that counted it as a message.", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="counted_hour",
            field=models.DateTimeField(help_text="The hour that counted it.", null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="held_at",
            field=models.DateTimeField(help_text="Since when hours or a limit hold it; changed limits look at it anew.", null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="hold",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("line_inactive", "The line is not connected"),
                    ("no_line", "No line is set up for this channel"),
                    ("inbox_behind", "Replies from the line are not all read yet"),
                    ("new_limit", "Today's new conversations on the line are used up"),
                    ("hour_limit", "This hour's new conversations on the line are used up"),
                    ("ramp_limit", "The young line may start no more new conversations today"),
                    ("total_limit", "Today's messages of the line are used up"),
                    ("plan_new", "The workspace's new conversations of today are used up"),
                    ("plan_total", "The workspace's messages of today are used up"),
                    ("line_rests", "The line rests from automated messages"),
                    ("consent", "The consent message goes first"),
                    ("order", "An earlier message to this contact goes first"),
                    ("quiet_hours", "Outside the hours for automated messages where the contact is"),
                    ("day_off", "No automated messages leave on this day"),
                    ("campaign_time", "Outside the campaign's own hours and days"),
                    ("member_time", "Outside the working hours of the member in whose name it goes"),
                    ("removal", "The contact asked to be removed; a person decides"),
                    ("retry", "The last try failed; it will be tried again"),
                ],
                default="",
                max_length=13,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("held_at__isnull", False), ("state", "queued")),
                fields=["line", "held_at"],
                name="message_held_by_limit",
            ),
        ),
    ]
