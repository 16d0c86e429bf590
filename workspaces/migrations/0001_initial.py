import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.ids
import workspaces.models.workspace


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Workspace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "time_zone",
                    models.CharField(
                        default="America/New_York", max_length=64, validators=[workspaces.models.workspace.validate_zone]
                    ),
                ),
                (
                    "default_region",
                    models.CharField(
                        default="US",
                        help_text="For numbers written without +.",
                        max_length=2,
                        validators=[workspaces.models.workspace.validate_region],
                    ),
                ),
                ("consent_required", models.BooleanField(default=False)),
                ("consent_text", models.TextField(blank=True)),
                (
                    "reply_to_opted_out",
                    models.BooleanField(
                        default=False, help_text="Allow a person to answer someone who opted out, with a warning (R4)."
                    ),
                ),
                (
                    "opt_out_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=workspaces.models.workspace.more_opt_out_words,
                        size=None,
                    ),
                ),
                (
                    "opt_in_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=workspaces.models.workspace.more_opt_in_words,
                        size=None,
                    ),
                ),
                (
                    "confirm_opt_out",
                    models.BooleanField(
                        default=False, help_text="Answer an opt-out once, where the gateway does not do it itself."
                    ),
                ),
                (
                    "confirm_opt_out_text",
                    models.CharField(
                        blank=True,
                        default="You are opted out and will get no more messages from us. Text START to come back.",
                        max_length=300,
                    ),
                ),
                (
                    "send_from",
                    models.TimeField(
                        default=datetime.time(9, 0), help_text="Automated messages leave from then on, where the contact is."
                    ),
                ),
                ("send_until", models.TimeField(default=datetime.time(20, 0))),
                (
                    "send_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=workspaces.models.workspace.every_day,
                        help_text="Of automated messages: 1 Monday to 7 Sunday.",
                        size=None,
                    ),
                ),
                (
                    "holidays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        help_text="Dates on which nothing automated leaves.",
                        size=None,
                    ),
                ),
                (
                    "plan_lines",
                    models.PositiveSmallIntegerField(blank=True, help_text="Lines of the plan; empty: any number.", null=True),
                ),
                (
                    "plan_new_a_day",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="New conversations a day over all lines; empty: no limit but the lines' own.",
                        null=True,
                    ),
                ),
                (
                    "plan_total_a_day",
                    models.PositiveIntegerField(blank=True, help_text="Messages a day over all lines.", null=True),
                ),
                (
                    "limits_changed_at",
                    models.DateTimeField(
                        blank=True, help_text="Messages held by hours or limits since before are looked at anew.", null=True
                    ),
                ),
                (
                    "recheck_availability",
                    models.CharField(
                        choices=[("never", "Never by themselves"), ("week", "After a week"), ("month", "After a month")],
                        default="never",
                        max_length=5,
                    ),
                ),
                ("typing_outward", models.BooleanField(default=True, help_text="Show contacts that a rep is typing.")),
                (
                    "receipts_outward",
                    models.BooleanField(default=True, help_text="Tell contacts that a rep has read their message."),
                ),
                (
                    "notes_enabled",
                    models.BooleanField(default=True, help_text="Notes stand in threads and can be written there (S2-09)."),
                ),
                (
                    "undo_seconds",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Not at all: replies leave at once"), (5, "5 seconds"), (10, "10 seconds")],
                        default=5,
                        help_text="How long a reply waits before it leaves, so that it can be taken back.",
                    ),
                ),
                (
                    "delete_enabled",
                    models.BooleanField(default=True, help_text="Members may delete conversations, unless theirs says otherwise."),
                ),
                (
                    "drips_enabled",
                    models.BooleanField(
                        default=True, help_text="Drips can be applied in threads, unless a member's says otherwise."
                    ),
                ),
                (
                    "campaign_approval",
                    models.BooleanField(default=False, help_text="A campaign starts only when an admin has approved it."),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "Follow the system"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=6,
                    ),
                ),
                (
                    "enter_sends",
                    models.BooleanField(
                        default=False, help_text="Enter sends and Shift-Enter starts a new line, instead of the other way round."
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "last_workspace",
                    models.ForeignKey(
                        help_text="Where / leads to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_any_case")
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("started_at", models.DateTimeField(help_text="When the user signed in.", null=True)),
                ("seen_at", models.DateTimeField(help_text="Last used, give or take a few minutes.", null=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, help_text="The browser's own words for itself.", max_length=300)),
                (
                    "user",
                    models.ForeignKey(
                        help_text="Empty: signed out.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Admin"), ("rep", "Rep"), ("ops", "Ops"), ("viewer", "Viewer")], max_length=6
                    ),
                ),
                (
                    "notes_enabled",
                    models.BooleanField(help_text="Notes for this member; empty: as the workspace says (R12).", null=True),
                ),
                (
                    "may_delete",
                    models.BooleanField(
                        help_text="Whether they may delete conversations; empty: as the workspace says.", null=True
                    ),
                ),
                (
                    "drips_enabled",
                    models.BooleanField(help_text="Drips for this member; empty: as the workspace says (S2-27).", null=True),
                ),
                (
                    "consent_required",
                    models.BooleanField(
                        help_text="Whether consent precedes what they write; empty: as the workspace says (S2-36).", null=True
                    ),
                ),
                (
                    "hours_from",
                    models.TimeField(blank=True, help_text="Automated messages in their name leave from then on.", null=True),
                ),
                ("hours_until", models.TimeField(blank=True, null=True)),
                (
                    "work_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=workspaces.models.workspace.every_day,
                        help_text="1 Monday to 7 Sunday.",
                        size=None,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the workspace's.",
                        max_length=64,
                        validators=[workspaces.models.workspace.validate_zone],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="membership_public_id"),
                    models.UniqueConstraint(fields=("workspace", "user"), name="one_membership_per_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Admin"), ("rep", "Rep"), ("ops", "Ops"), ("viewer", "Viewer")], max_length=6
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="invitation_public_id"),
                    models.UniqueConstraint(
                        models.F("workspace"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        name="one_open_invitation_per_email",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("action", models.CharField(help_text="noun.verb, such as line.paused", max_length=60)),
                ("target", models.CharField(blank=True, help_text="What it was done to, in words.", max_length=200)),
                ("detail", models.JSONField(default=dict)),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        help_text="Empty: the system itself. Stays when the user goes.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-at", "-id"], name="audit_newest"),
                    models.Index(fields=["workspace", "action", "-at", "-id"], name="audit_by_action"),
                    models.Index(fields=["workspace", "user", "-at", "-id"], name="audit_by_user"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="audit_public_id")],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=80)),
                ("prefix", models.CharField(help_text="How it begins, to recognise it by.", max_length=12)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("leads:check", "Check the availability of leads and addresses"),
                                ("campaigns:enrol", "Enrol leads in campaigns"),
                            ],
                            max_length=30,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(help_text="Empty: never.", null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(help_text="Last used, give or take a minute.", null=True)),
                ("used_from", models.GenericIPAddressField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="api_token_public_id")],
            },
        ),
    ]
