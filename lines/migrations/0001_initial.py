import datetime

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import workspaces.ids
import workspaces.models.workspace


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(help_text="E.164 number or email address that recipients see.", max_length=254)),
                (
                    "kind",
                    models.CharField(
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email")], default="imessage", max_length=8
                    ),
                ),
                ("gateway", models.CharField(choices=[("bluebubbles", "BlueBubbles")], default="bluebubbles", max_length=20)),
                ("server_url", models.CharField(max_length=500)),
                ("sealed_secret", models.TextField(help_text="The gateway password, encrypted; see workspaces.secrets.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("provisioning", "Setting up"),
                            ("active", "Active"),
                            ("degraded", "Degraded"),
                            ("disconnected", "Disconnected"),
                            ("paused", "Paused"),
                        ],
                        default="provisioning",
                        max_length=12,
                    ),
                ),
                (
                    "status_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("line_issue", "Line status issue"),
                            ("plan_limit", "Workspace plan limit"),
                            ("channel_disabled", "Channel disabled"),
                            ("provisioning", "Provisioning issue"),
                            ("admin_action", "Admin or support action"),
                        ],
                        default="provisioning",
                        max_length=20,
                    ),
                ),
                (
                    "status_detail",
                    models.CharField(blank=True, help_text="What happened and what helps, in words.", max_length=300),
                ),
                ("status_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("checked_at", models.DateTimeField(help_text="When the health check last finished.", null=True)),
                (
                    "daily_new_limit",
                    models.PositiveIntegerField(
                        default=50,
                        validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(10000)],
                    ),
                ),
                (
                    "hourly_new_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="New conversations an hour; empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(10000)],
                    ),
                ),
                (
                    "daily_total_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Messages a day; empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1000000)],
                    ),
                ),
                (
                    "ramp_start",
                    models.PositiveIntegerField(
                        blank=True, help_text="New conversations on the first day of a young line; empty: no ramp-up.", null=True
                    ),
                ),
                ("ramp_step", models.PositiveIntegerField(default=3, help_text="How many more each day, up to the daily limit.")),
                ("ramp_since", models.DateField(blank=True, help_text="The first day of the ramp-up.", null=True)),
                ("day_starts_at", models.TimeField(default=datetime.time(0, 0), help_text="When the line's day begins (R17).")),
                (
                    "day_zone",
                    models.CharField(
                        blank=True,
                        help_text="In which zone; empty: the workspace's.",
                        max_length=64,
                        validators=[workspaces.models.workspace.validate_zone],
                    ),
                ),
                (
                    "limits_changed_at",
                    models.DateTimeField(help_text="Messages held by a limit since before are looked at anew.", null=True),
                ),
                (
                    "rest_after",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=100,
                        help_text="It rests after so many new conversations without any answer; empty: never.",
                        null=True,
                    ),
                ),
                ("rest_until", models.DateTimeField(help_text="Automated messages wait until then.", null=True)),
                ("rest_reason", models.CharField(blank=True, max_length=300)),
                (
                    "rested_at_streak",
                    models.PositiveIntegerField(default=0, help_text="How many were unanswered when it last rested."),
                ),
                ("started_lately", models.PositiveIntegerField(default=0, help_text="New conversations of the last 14 days.")),
                ("answered_lately", models.PositiveIntegerField(default=0, help_text="Those of them that were answered.")),
                ("unanswered_streak", models.PositiveIntegerField(default=0, help_text="The newest in a row without any answer.")),
                ("sent_lately", models.PositiveIntegerField(default=0, help_text="Messages of yesterday and today.")),
                ("failed_lately", models.PositiveIntegerField(default=0, help_text="Not delivered within 24 hours.")),
                ("measured_at", models.DateTimeField(help_text="When these figures were taken.", null=True)),
                (
                    "new_after_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="A person without any exchange with this line for this many days counts as new (R17)."
                    ),
                ),
                (
                    "check_spacing",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Seconds between two availability checks over this line (G5).",
                        validators=[django.core.validators.MaxValueValidator(3600)],
                    ),
                ),
                (
                    "daily_check_limit",
                    models.PositiveIntegerField(
                        default=70,
                        help_text="Availability checks a day: each is a live query to Apple.",
                        validators=[django.core.validators.MaxValueValidator(100000)],
                    ),
                ),
                ("max_in_flight", models.PositiveSmallIntegerField(default=2, help_text="Sends the gateway handles at once.")),
                ("webhook_token_hash", models.CharField(help_text="SHA-256 of the token in its path.", max_length=64, unique=True)),
                ("sealed_webhook_token", models.TextField()),
                ("webhook_handle", models.CharField(blank=True, max_length=100)),
                ("last_inbound_at", models.DateTimeField(help_text="The newest message or receipt from the gateway.", null=True)),
                ("inbox_current_at", models.DateTimeField(help_text="Everything that arrived before this is stored.", null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "fallback_line",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="lines.line"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="line_public_id"),
                    models.UniqueConstraint(fields=("workspace", "address", "kind"), name="one_line_per_address_and_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dedupe_key", models.CharField(help_text="The gateway's identity of this event.", max_length=200)),
                ("kind", models.CharField(help_text="message, status, reaction or line", max_length=20)),
                ("vendor_message_id", models.CharField(blank=True, max_length=200)),
                ("payload", models.JSONField(help_text="The typed event; lines.gateways.base.event_from_json reads it.")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("applied_at", models.DateTimeField(null=True)),
                ("retry_at", models.DateTimeField(default=django.utils.timezone.now, help_text="Not looked at again before this.")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("parked_at", models.DateTimeField(help_text="Set aside after too many tries; visible to ops.", null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                ("line", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="lines.line")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("applied_at", None), ("parked_at", None)),
                        fields=["retry_at", "id"],
                        name="event_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("applied_at", None)),
                        fields=["line", "vendor_message_id"],
                        name="event_waiting_for_message",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("line", "dedupe_key"), name="event_stored_once")],
            },
        ),
        migrations.CreateModel(
            name="LineDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("started", models.PositiveIntegerField(default=0, help_text="New conversations started (S0-109).")),
                ("sent", models.PositiveIntegerField(db_default=0, default=0, help_text="Messages of any kind.")),
                ("line", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="days", to="lines.line")),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("line", "day"), name="one_row_per_line_and_day")],
            },
        ),
        migrations.CreateModel(
            name="LineHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField(help_text="When the hour began.")),
                ("started", models.PositiveIntegerField(default=0, help_text="New conversations started.")),
                ("sent", models.PositiveIntegerField(default=0, help_text="Messages of any kind.")),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="hours", to="lines.line"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "hour"], name="linehour_by_workspace")],
                "constraints": [models.UniqueConstraint(fields=("line", "hour"), name="one_row_per_line_and_hour")],
            },
        ),
    ]
