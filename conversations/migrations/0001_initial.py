import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import conversations.models.parts
import workspaces.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0001_initial"),
        ("leads", "0001_initial"),
        ("lines", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not sent yet"),
                            ("making", "Preparing"),
                            ("made", "Under way"),
                            ("cancelling", "Cancelling"),
                            ("cancelled", "Cancelled"),
                            ("discarded", "Discarded"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("query", models.TextField(blank=True, help_text="The filters of the leads table; empty where leads were ticked.")),
                ("source", models.CharField(blank=True, help_text="Whom it is for, in words.", max_length=300)),
                ("body", models.TextField(blank=True, help_text="With its merge fields (campaigns.merge).")),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        help_text="Empty: chosen for each lead.",
                        max_length=8,
                    ),
                ),
                ("scheduled_at", models.DateTimeField(null=True)),
                (
                    "skip_missing",
                    models.BooleanField(default=False, help_text="Leads that lack a field without a fallback are left out."),
                ),
                ("confirmed_at", models.DateTimeField(help_text="When a person said send.", null=True)),
                (
                    "release_at",
                    models.DateTimeField(help_text="Nothing leaves before this: until then it can be undone.", null=True),
                ),
                ("position", models.BigIntegerField(default=0)),
                ("paused_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        help_text="Empty: chosen for each lead.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="lines.line",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
                "indexes": [
                    models.Index(fields=["workspace", "-id"], name="batch_newest"),
                    models.Index(condition=models.Q(("state__in", ("making", "cancelling"))), fields=["id"], name="batch_at_work"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="batch_public_id")],
            },
        ),
        migrations.CreateModel(
            name="BulkAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("archive", "Archive"),
                            ("unarchive", "Unarchive"),
                            ("assign", "Assign"),
                            ("handled", "Mark handled"),
                            ("tag", "Tag"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("gathering", "Starting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                            ("failed", "Failed"),
                        ],
                        max_length=9,
                    ),
                ),
                ("families", models.JSONField(default=list, help_text="Of the list it was asked in.")),
                (
                    "query",
                    models.TextField(
                        blank=True, help_text="The list's filters; empty where rows were chosen one by one, or for all."
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("processed", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("restored", models.PositiveIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0, help_text="The last item that is done with.")),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, help_text="Also the moment that it archives by."),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        help_text="Of assign; empty: nobody.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
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
                "indexes": [
                    models.Index(fields=["workspace", "-created_at", "-id"], name="bulk_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ("gathering", "running", "undoing"))), fields=["id"], name="bulk_at_work"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="bulk_public_id")],
            },
        ),
        migrations.CreateModel(
            name="CannedResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=80)),
                ("body", models.TextField()),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("reply", "Reply, chosen by hand"),
                            ("away", "Away message"),
                            ("keyword", "Automatic reply to a keyword"),
                        ],
                        default="reply",
                        max_length=7,
                    ),
                ),
                ("enabled", models.BooleanField(default=True)),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="The whole message, in any case.",
                        size=None,
                    ),
                ),
                ("office_from", models.TimeField(blank=True, help_text="Away before this, in the workspace's zone.", null=True)),
                ("office_until", models.TimeField(blank=True, help_text="Away from this on.", null=True)),
                (
                    "office_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="0 is Monday; away on the others.",
                        size=None,
                    ),
                ),
                (
                    "every_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)],
                    ),
                ),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("enabled", True), models.Q(("use", "reply"), _negated=True)),
                        fields=["workspace", "use"],
                        name="canned_automatic",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="canned_public_id"),
                    models.UniqueConstraint(
                        models.F("workspace"), django.db.models.functions.text.Lower("name"), name="canned_named_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "family",
                    models.CharField(
                        choices=[("phone", "iMessage and SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        default="phone",
                        max_length=8,
                    ),
                ),
                ("address", models.CharField(help_text="Where the next message goes: E.164 or email.", max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("archived_at", models.DateTimeField(null=True)),
                ("seen_through", models.BigIntegerField(default=0, help_text="The newest incoming message that was opened.")),
                ("handled_through", models.BigIntegerField(default=0, help_text="The newest incoming message that was dismissed.")),
                ("snoozed_until", models.DateTimeField(help_text="What came in so far waits for nobody until then.", null=True)),
                ("snoozed_through", models.BigIntegerField(default=0, help_text="The newest incoming message that was put off.")),
                ("contact_name", models.CharField(blank=True, max_length=200)),
                ("company_name", models.CharField(blank=True, max_length=200)),
                ("campaign_name", models.CharField(blank=True, max_length=200)),
                ("icp_match", models.BooleanField(default=False, verbose_name="ICP match")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, help_text="Last activity; the list's order.")),
                ("last_direction", models.CharField(blank=True, choices=[("out", "Outgoing"), ("in", "Incoming")], max_length=3)),
                (
                    "last_channel",
                    models.CharField(
                        blank=True,
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        max_length=8,
                    ),
                ),
                (
                    "last_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("replied", "Replied"),
                            ("not_delivered", "Not Delivered"),
                            ("cancelled", "Cancelled"),
                            ("discarded", "Discarded"),
                            ("received", "Received"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sent", "Sent"),
                            ("read", "Read"),
                            ("replied", "Replied"),
                            ("not_delivered", "Not Delivered"),
                            ("cancelled", "Cancelled"),
                            ("discarded", "Discarded"),
                        ],
                        help_text="Of our newest message, in R1's words.",
                        max_length=13,
                    ),
                ),
                ("fell_back", models.BooleanField(default=False, help_text="Our newest message went as SMS instead of iMessage.")),
                ("last_reason", models.CharField(blank=True, max_length=20)),
                ("preview", models.CharField(blank=True, max_length=160)),
                ("unread", models.PositiveIntegerField(default=0)),
                ("waiting_since", models.DateTimeField(help_text="The contact waits for an answer since then (S0-14).", null=True)),
                (
                    "intent_status",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=8,
                    ),
                ),
                (
                    "intent_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("meeting", "Meeting"),
                            ("pricing", "Pricing"),
                            ("info", "Info"),
                            ("later", "Later"),
                            ("referral", "Referral"),
                            ("competitor", "Competitor"),
                            ("budget", "Budget"),
                            ("no_need", "No Need"),
                            ("wrong_persona", "Wrong Persona"),
                            ("requested_remove", "Requested Remove"),
                        ],
                        max_length=16,
                    ),
                ),
                ("intent_score", models.PositiveSmallIntegerField(help_text="0 to 100", null=True)),
                (
                    "cell",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                models.Case(
                                                                    models.When(
                                                                        models.Q(("family", "phone")), then=models.Value(1)
                                                                    ),
                                                                    models.When(
                                                                        models.Q(("family", "email")), then=models.Value(2)
                                                                    ),
                                                                    models.When(
                                                                        models.Q(("family", "linkedin")), then=models.Value(3)
                                                                    ),
                                                                    default=models.Value(0),
                                                                    output_field=models.IntegerField(),
                                                                ),
                                                                "+",
                                                                models.Case(
                                                                    models.When(
                                                                        models.Q(("last_channel", "imessage")), then=models.Value(4)
                                                                    ),
                                                                    models.When(
                                                                        models.Q(("last_channel", "sms")), then=models.Value(8)
                                                                    ),
                                                                    models.When(
                                                                        models.Q(("last_channel", "email")), then=models.Value(12)
                                                                    ),
                                                                    models.When(
                                                                        models.Q(("last_channel", "linkedin")),
                                                                        then=models.Value(16),
                                                                    ),
                                                                    default=models.Value(0),
                                                                    output_field=models.IntegerField(),
                                                                ),
                                                            ),
                                                            "+",
                                                            models.Case(
                                                                models.When(models.Q(("fell_back", True)), then=models.Value(32)),
                                                                default=models.Value(0),
                                                                output_field=models.IntegerField(),
                                                            ),
                                                        ),
                                                        "+",
                                                        models.Case(
                                                            models.When(models.Q(("last_direction", "out")), then=models.Value(64)),
                                                            models.When(models.Q(("last_direction", "in")), then=models.Value(128)),
                                                            default=models.Value(0),
                                                            output_field=models.IntegerField(),
                                                        ),
                                                    ),
                                                    "+",
                                                    models.Case(
                                                        models.When(models.Q(("status", "draft")), then=models.Value(256)),
                                                        models.When(models.Q(("status", "scheduled")), then=models.Value(512)),
                                                        models.When(models.Q(("status", "sent")), then=models.Value(768)),
                                                        models.When(models.Q(("status", "read")), then=models.Value(1024)),
                                                        models.When(models.Q(("status", "replied")), then=models.Value(1280)),
                                                        models.When(models.Q(("status", "not_delivered")), then=models.Value(1536)),
                                                        models.When(models.Q(("status", "cancelled")), then=models.Value(1792)),
                                                        models.When(models.Q(("status", "discarded")), then=models.Value(2048)),
                                                        default=models.Value(0),
                                                        output_field=models.IntegerField(),
                                                    ),
                                                ),
                                                "+",
                                                models.Case(
                                                    models.When(models.Q(("intent_status", "positive")), then=models.Value(4096)),
                                                    models.When(models.Q(("intent_status", "neutral")), then=models.Value(8192)),
                                                    models.When(models.Q(("intent_status", "negative")), then=models.Value(12288)),
                                                    default=models.Value(0),
                                                    output_field=models.IntegerField(),
                                                ),
                                            ),
                                            "+",
                                            models.Case(
                                                models.When(models.Q(("intent_reason", "meeting")), then=models.Value(16384)),
                                                models.When(models.Q(("intent_reason", "pricing")), then=models.Value(32768)),
                                                models.When(models.Q(("intent_reason", "info")), then=models.Value(49152)),
                                                models.When(models.Q(("intent_reason", "later")), then=models.Value(65536)),
                                                models.When(models.Q(("intent_reason", "referral")), then=models.Value(81920)),
                                                models.When(models.Q(("intent_reason", "competitor")), then=models.Value(98304)),
                                                models.When(models.Q(("intent_reason", "budget")), then=models.Value(114688)),
                                                models.When(models.Q(("intent_reason", "no_need")), then=models.Value(131072)),
                                                models.When(
                                                    models.Q(("intent_reason", "wrong_persona")), then=models.Value(147456)
                                                ),
                                                models.When(
                                                    models.Q(("intent_reason", "requested_remove")), then=models.Value(163840)
                                                ),
                                                default=models.Value(0),
                                                output_field=models.IntegerField(),
                                            ),
                                        ),
                                        "+",
                                        models.Case(
                                            models.When(models.Q(("archived_at__isnull", False)), then=models.Value(262144)),
                                            default=models.Value(0),
                                            output_field=models.IntegerField(),
                                        ),
                                    ),
                                    "+",
                                    models.Case(
                                        models.When(models.Q(("waiting_since__isnull", False)), then=models.Value(524288)),
                                        default=models.Value(0),
                                        output_field=models.IntegerField(),
                                    ),
                                ),
                                "+",
                                models.Case(
                                    models.When(models.Q(("unread__gt", 0)), then=models.Value(1048576)),
                                    default=models.Value(0),
                                    output_field=models.IntegerField(),
                                ),
                            ),
                            "+",
                            models.Case(
                                models.When(models.Q(("icp_match", True)), then=models.Value(2097152)),
                                default=models.Value(0),
                                output_field=models.IntegerField(),
                            ),
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
                (
                    "searched",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                models.F("contact_name"),
                                models.Value(" "),
                                models.F("company_name"),
                                models.Value(" "),
                                models.F("address"),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="leads.company"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="conversations", to="leads.lead"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="lines.line"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace", "-last_at", "-id"],
                        include=("cell", "campaign", "company", "assignee", "intent_score"),
                        name="conversation_newest",
                    ),
                    models.Index(
                        fields=["workspace", "cell", "-last_at", "-id"],
                        include=("campaign", "company", "assignee", "intent_score"),
                        name="conversation_in_cell",
                    ),
                    models.Index(
                        condition=models.Q(("campaign__isnull", False)),
                        fields=["workspace", "campaign", "cell", "-last_at", "-id"],
                        include=("company", "assignee", "intent_score"),
                        name="conversation_in_campaign",
                    ),
                    models.Index(
                        condition=models.Q(("intent_score__isnull", False)),
                        fields=["workspace", "intent_status", "intent_score"],
                        include=("cell", "campaign", "company", "assignee", "last_at", "id"),
                        name="conversation_by_score",
                    ),
                    models.Index(
                        condition=models.Q(("company__isnull", False)),
                        fields=["workspace", "company", "-last_at", "-id"],
                        name="conversation_of_company",
                    ),
                    models.Index(
                        condition=models.Q(("assignee__isnull", False)),
                        fields=["workspace", "assignee", "-last_at", "-id"],
                        name="conversation_of_assignee",
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)), fields=["snoozed_until"], name="conversation_snoozed"
                    ),
                    models.Index(fields=["workspace", "address"], name="conversation_by_address"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("searched", name="gin_trgm_ops"), name="conversation_parts"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="conversation_public_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("lead__isnull", False)),
                        fields=("workspace", "family", "lead"),
                        name="one_conversation_per_lead_and_family",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lead__isnull", True)),
                        fields=("workspace", "family", "address"),
                        name="one_conversation_per_unknown_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed", models.BooleanField(default=False)),
                ("moment_before", models.DateTimeField(help_text="archived_at", null=True)),
                ("number_before", models.BigIntegerField(help_text="assignee, or handled_through", null=True)),
                ("number_after", models.BigIntegerField(help_text="handled_through", null=True)),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="conversations.bulkaction",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["action", "id"], name="bulk_item_next"),
                    models.Index(fields=["conversation", "-id"], name="bulk_item_of_conversation"),
                ],
                "constraints": [models.UniqueConstraint(fields=("action", "conversation"), name="bulk_item_once")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                (
                    "against",
                    models.BigIntegerField(default=0, help_text="The newest message of the thread that its writer had seen."),
                ),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="conversations.conversation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "conversation", "user"), name="one_draft_per_person_and_conversation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("format", models.CharField(choices=[("csv", "CSV"), ("html", "HTML")], max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Being written"), ("ready", "Ready"), ("failed", "Failed"), ("expired", "Expired")],
                        default="running",
                        max_length=7,
                    ),
                ),
                ("families", models.JSONField(default=list, help_text="Of the list it was asked in.")),
                ("query", models.TextField(blank=True, help_text="The list's filters.")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="Messages before this moment.")),
                ("days", models.CharField(help_text="The same as people chose it.", max_length=60)),
                ("file", models.CharField(blank=True, help_text="Under MEDIA_ROOT; empty once it is gone.", max_length=200)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="Committed bytes.")),
                ("through", models.CharField(blank=True, max_length=12)),
                ("total", models.PositiveIntegerField(default=0, help_text="Conversations to look at.")),
                ("conversations", models.PositiveIntegerField(default=0, help_text="Looked at so far.")),
                ("messages", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.conversation"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "by", "-created_at"], name="export_newest"),
                    models.Index(condition=models.Q(("state", "running")), fields=["id"], name="export_at_work"),
                    models.Index(condition=models.Q(("state", "ready")), fields=["expires_at"], name="export_to_expire"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="export_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Facet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("campaign", models.BigIntegerField()),
                ("cell", models.IntegerField()),
                ("n", models.IntegerField()),
                ("squashed", models.BooleanField(default=False)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "campaign", "cell"], include=("n",), name="facet_by_cell"),
                    models.Index(
                        condition=models.Q(("squashed", False)), fields=["workspace", "campaign", "cell"], name="facet_unsquashed"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("direction", models.CharField(choices=[("out", "Outgoing"), ("in", "Incoming")], max_length=3)),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "A person"),
                            ("consent", "Consent message"),
                            ("confirmation", "Opt-out confirmation"),
                            ("device", "Written on the line's own device"),
                            ("campaign", "A campaign"),
                            ("api", "The API"),
                            ("auto", "An automatic reply"),
                            ("batch", "Sent to many leads at once"),
                            ("reminder", "A reminder"),
                        ],
                        max_length=12,
                    ),
                ),
                ("address", models.CharField(help_text="The other side's address, frozen when it was made.", max_length=254)),
                ("body", models.TextField(blank=True)),
                ("has_media", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Its place in the thread: gateway time, else ours."
                    ),
                ),
                (
                    "requested_channel",
                    models.CharField(
                        blank=True,
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        help_text="Empty: automatic.",
                        max_length=8,
                    ),
                ),
                (
                    "fallback",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        help_text="When SMS may take over (S4-11).",
                        size=None,
                    ),
                ),
                ("scheduled_at", models.DateTimeField(help_text="The time a person chose.", null=True)),
                ("cancel_on_reply", models.BooleanField(default=False, help_text="Not sent if the contact writes first.")),
                ("expires_at", models.DateTimeField(help_text="Not sent after this.", null=True)),
                ("dedupe_key", models.CharField(blank=True, help_text="What it is the message of; sent once.", max_length=120)),
                (
                    "variant",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="The text of the step: A, B, ...", max_length=1
                    ),
                ),
                (
                    "persona",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="The contact's, outgoing only.", max_length=100
                    ),
                ),
                (
                    "icp",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of the contact's company.",
                        max_length=100,
                        verbose_name="ICP",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("discarded", "Discarded"),
                            ("received", "Received"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="FailReason or CancelReason.", max_length=20)),
                ("reason_detail", models.CharField(blank=True, help_text="In the gateway's own words.", max_length=500)),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="When it failed, was cancelled or discarded; the database fills it in.", null=True
                    ),
                ),
                (
                    "hold",
                    models.CharField(
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
                            ("paused", "The batch is paused"),
                            ("camp_paused", "Its campaign is paused"),
                            ("retry", "The last try failed; it will be tried again"),
                        ],
                        default="",
                        max_length=13,
                    ),
                ),
                (
                    "run_at",
                    models.DateTimeField(default=django.utils.timezone.now, help_text="Due from then on; next look while held."),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        help_text="What it went, or came, as.",
                        max_length=8,
                    ),
                ),
                (
                    "fallback_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_registered", "The number is not registered with iMessage"),
                            ("imessage_failed", "iMessage was unavailable at send time"),
                            ("gateway", "The device or carrier fell back by itself"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "next_channel",
                    models.CharField(
                        blank=True,
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        help_text="The next attempt's.",
                        max_length=8,
                    ),
                ),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(help_text="The sender's claim on it, by the database's clock.", null=True)),
                ("sender", models.BigIntegerField(help_text="The lock its sender holds while it lives.", null=True)),
                (
                    "held_at",
                    models.DateTimeField(
                        help_text="Since when hours or a limit hold it; changed limits look at it anew.", null=True
                    ),
                ),
                ("counted_day", models.DateField(help_text="The line's day that counted it as a message.", null=True)),
                ("counted_hour", models.DateTimeField(help_text="The hour that counted it.", null=True)),
                ("quota_day", models.DateField(help_text="The day it took a new-conversation place on its line.", null=True)),
                ("handled_at", models.DateTimeField(null=True)),
                ("vendor_id", models.CharField(blank=True, help_text="Incoming: the gateway's id.", max_length=200)),
                ("vendor_thread", models.CharField(blank=True, help_text="The gateway's id of the chat; opaque.", max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                (
                    "intent_due",
                    models.BooleanField(
                        db_default=False, default=False, help_text="Incoming: what it means has not been read yet."
                    ),
                ),
                ("edited_at", models.DateTimeField(null=True)),
                ("retracted_at", models.DateTimeField(help_text="Its writer took it back.", null=True)),
                (
                    "status",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(direction="in", then=models.Value("received")),
                            models.When(replied_at__isnull=False, then=models.Value("replied")),
                            models.When(read_at__isnull=False, then=models.Value("read")),
                            models.When(delivered_at__isnull=False, then=models.Value("delivered")),
                            models.When(state="failed", then=models.Value("not_delivered")),
                            models.When(
                                models.Q(("scheduled_at__isnull", False), ("state", "queued")), then=models.Value("scheduled")
                            ),
                            default=models.F("state"),
                        ),
                        output_field=models.CharField(
                            choices=[
                                ("draft", "Draft"),
                                ("scheduled", "Scheduled"),
                                ("queued", "Queued"),
                                ("sending", "Sending"),
                                ("sent", "Sent"),
                                ("delivered", "Delivered"),
                                ("read", "Read"),
                                ("replied", "Replied"),
                                ("not_delivered", "Not Delivered"),
                                ("cancelled", "Cancelled"),
                                ("discarded", "Discarded"),
                                ("received", "Received"),
                            ],
                            max_length=13,
                        ),
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        help_text="S1-13",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="conversations.batch",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Also of a step sent again.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "canned",
                    models.ForeignKey(
                        db_index=False,
                        help_text="What answered by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.cannedresponse",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="conversations.conversation"
                    ),
                ),
                (
                    "execution",
                    models.OneToOneField(
                        help_text="The campaign step it is the message of.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="message",
                        to="campaigns.execution",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="lines.line"),
                ),
                (
                    "retry_of",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="retries", to="conversations.message"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("intent_due", True)), fields=["id"], name="message_to_be_read"),
                    models.Index(fields=["conversation", "-at", "-id"], name="message_thread"),
                    models.Index(condition=models.Q(("state", "queued")), fields=["line", "run_at", "id"], name="message_due"),
                    models.Index(condition=models.Q(("batch__isnull", False)), fields=["batch", "-id"], name="message_of_batch"),
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["conversation", "id"], name="message_queued_in_thread"
                    ),
                    models.Index(
                        condition=models.Q(("canned__isnull", False)),
                        fields=["conversation", "canned", "-created_at"],
                        name="message_automatic",
                    ),
                    models.Index(
                        condition=models.Q(("state", "queued"), models.Q(("origin__in", ["batch", "campaign"]), _negated=True)),
                        fields=["line", "run_at", "id"],
                        name="message_due_by_people",
                    ),
                    models.Index(condition=models.Q(("quota_day__isnull", False)), fields=["line", "-at"], name="message_started"),
                    models.Index(condition=models.Q(("state", "failed")), fields=["line", "-at"], name="message_failed_on_line"),
                    models.Index(
                        condition=models.Q(("held_at__isnull", False), ("state", "queued")),
                        fields=["line", "held_at"],
                        name="message_held_by_limit",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")), fields=["line", "lease_until"], name="message_in_flight"
                    ),
                    models.Index(fields=["line", "address", "-at"], name="message_exchanged"),
                    models.Index(fields=["workspace", "status", "-at"], name="message_by_status"),
                    models.Index(
                        condition=models.Q(("direction", "out")),
                        fields=["workspace", "-at", "-id"],
                        include=("status", "channel", "requested_channel", "line", "batch", "origin"),
                        name="message_log",
                    ),
                    models.Index(
                        condition=models.Q(("scheduled_at__isnull", False), ("state", "queued")),
                        fields=["workspace", "scheduled_at", "id"],
                        name="message_scheduled",
                    ),
                    models.Index(
                        condition=models.Q(("handled_at", None), ("status", "not_delivered")),
                        fields=["workspace", "reason", "line", "campaign", "-id"],
                        name="message_to_deal_with",
                    ),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", False)),
                        fields=["workspace", "sent_at"],
                        include=("channel", "campaign"),
                        name="message_by_sent",
                    ),
                    models.Index(
                        condition=models.Q(("campaign__isnull", False), ("sent_at__isnull", False)),
                        fields=["campaign", "sent_at"],
                        include=("channel",),
                        name="message_of_campaign",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="message_public_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("dedupe_key", ""), _negated=True),
                        fields=("workspace", "dedupe_key"),
                        name="message_made_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("vendor_id", ""), _negated=True),
                        fields=("line", "vendor_id"),
                        name="message_received_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "sending")),
                        fields=("line", "address"),
                        name="one_in_flight_per_line_and_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntentReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")], max_length=8
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("meeting", "Meeting"),
                            ("pricing", "Pricing"),
                            ("info", "Info"),
                            ("later", "Later"),
                            ("referral", "Referral"),
                            ("competitor", "Competitor"),
                            ("budget", "Budget"),
                            ("no_need", "No Need"),
                            ("wrong_persona", "Wrong Persona"),
                            ("requested_remove", "Requested Remove"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "opt_out",
                    models.CharField(
                        choices=[("sure", "Opt-out"), ("suspect", "Opt-out?"), ("none", "No opt-out")], default="none", max_length=7
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(help_text="0 to 100")),
                (
                    "confidence",
                    models.FloatField(
                        help_text="0 to 1, that status and reason are both right; empty: a person's word.", null=True
                    ),
                ),
                (
                    "layer",
                    models.CharField(
                        choices=[
                            ("keyword", "Keyword"),
                            ("rule", "Rule"),
                            ("model", "Model"),
                            ("llm", "LLM"),
                            ("person", "Person"),
                        ],
                        max_length=7,
                    ),
                ),
                ("evidence", models.CharField(blank=True, help_text="The words that decided.", max_length=300)),
                ("model_version", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="intent_readings", to="conversations.conversation"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="intent_readings", to="conversations.message"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["message", "-at"], name="intent_reading_of_message"),
                    models.Index(
                        condition=models.Q(("layer", "person"), _negated=True),
                        fields=["workspace", "-at"],
                        name="intent_reading_by_machine",
                    ),
                    models.Index(
                        condition=models.Q(("layer", "person")), fields=["workspace", "-at"], name="intent_reading_by_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveSmallIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("imessage", "iMessage"), ("sms", "SMS"), ("email", "Email"), ("linkedin", "LinkedIn")],
                        max_length=8,
                    ),
                ),
                (
                    "client_guid",
                    models.UUIDField(default=uuid.uuid4, help_text="Our key at the gateway; reused until a definite refusal."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In flight"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("unknown", "Outcome unknown"),
                            ("absent", "Never reached the gateway"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("vendor_code", models.CharField(blank=True, max_length=60)),
                ("detail", models.CharField(blank=True, max_length=500)),
                ("vendor_id", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(help_text="Failed after it had been accepted.", null=True)),
                ("look_ups", models.PositiveSmallIntegerField(default=0, help_text="How often the gateway was asked about it.")),
                ("look_up_at", models.DateTimeField(help_text="When to ask next.", null=True)),
                (
                    "line",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="lines.line"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="conversations.message"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client_guid"], name="attempt_by_client_guid"),
                    models.Index(
                        condition=models.Q(("state__in", ["open", "unknown"])),
                        fields=["state", "look_up_at"],
                        name="attempt_outstanding",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "n"), name="attempt_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "unknown"])), fields=("message",), name="one_outstanding_attempt"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("vendor_id", ""), _negated=True),
                        fields=("line", "vendor_id"),
                        name="attempt_bound_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        help_text="Empty until fetched from the gateway.",
                        upload_to=conversations.models.parts.attachment_path,
                    ),
                ),
                ("filename", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(help_text="bytes", null=True)),
                ("vendor_id", models.CharField(blank=True, max_length=200)),
                ("fetch_at", models.DateTimeField(help_text="When to fetch it from the gateway; empty: nothing to do.", null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="conversations.message"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("fetch_at__isnull", False)), fields=["fetch_at"], name="attachment_to_fetch")
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="attachment_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("body", models.TextField()),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="Where it came from: Voicemail transcript, CRM. Empty: a person.", max_length=60
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="conversations.conversation"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["conversation", "-at"], name="note_in_thread")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="note_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_us", models.BooleanField()),
                (
                    "tapback",
                    models.CharField(help_text="love, like, dislike, laugh, emphasize, question, or an emoji", max_length=20),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reactions", to="conversations.message"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "from_us", "tapback"), name="one_reaction_of_a_kind_per_side")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "skipped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("opted_out", "Opted out"),
                            ("excluded", "Excluded, or at an excluded company"),
                            ("removal", "Asked to be removed; a person decides"),
                            ("no_address", "No address to send to"),
                            ("no_type", "Cannot be reached by the chosen type"),
                            ("no_line", "Their line is not connected"),
                            ("no_field", "A merge field is empty and has no fallback"),
                            ("same_person", "Has it already, as another lead that was merged"),
                            ("cancelled", "Cancelled before it was made"),
                        ],
                        help_text="Why no message was made.",
                        max_length=15,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="conversations.batch",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        help_text="The newest, where it was sent again.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.message",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch", "id"], name="recipient_next"),
                    models.Index(fields=["lead", "-id"], name="recipient_of_lead"),
                ],
                "constraints": [models.UniqueConstraint(fields=("batch", "lead"), name="in_a_batch_once")],
            },
        ),
        migrations.CreateModel(
            name="Repair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "fix",
                    models.CharField(
                        choices=[
                            ("retry", "Retry"),
                            ("next_address", "Try next address"),
                            ("other_line", "Send from another line"),
                            ("sms", "Send as SMS"),
                            ("fallback", "Enable SMS fallback and retry"),
                            ("recheck", "Check iMessage again"),
                            ("exclude", "Exclude contact"),
                            ("handled", "Mark as handled"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "group",
                    models.JSONField(
                        default=dict, help_text="The messages it is for: cause, line, campaign; empty: chosen one by one."
                    ),
                ),
                (
                    "state",
                    models.CharField(choices=[("gathering", "Starting"), ("running", "Running"), ("done", "Done")], max_length=9),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        help_text="Of another line.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="lines.line",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-created_at", "-id"], name="repair_newest"),
                    models.Index(condition=models.Q(("state__in", ("gathering", "running"))), fields=["id"], name="repair_at_work"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="repair_public_id")],
            },
        ),
        migrations.CreateModel(
            name="RepairItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("", "Waiting"), ("done", "Done"), ("skipped", "Skipped")], default="", max_length=7
                    ),
                ),
                ("why", models.CharField(blank=True, help_text="Why it was skipped.", max_length=300)),
                (
                    "message",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.message"),
                ),
                (
                    "repair",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="items", to="conversations.repair"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["repair", "outcome", "id"], name="repair_item_by_outcome")],
                "constraints": [models.UniqueConstraint(fields=("repair", "message"), name="repair_item_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=60)),
                (
                    "page",
                    models.CharField(
                        choices=[("imessages", "iMessages"), ("overview", "Overview")], default="imessages", max_length=9
                    ),
                ),
                ("query", models.CharField(blank=True, help_text="The filters as they stand in the address.", max_length=1000)),
                ("shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="saved_view_public_id"),
                    models.UniqueConstraint(fields=("workspace", "owner", "name"), name="one_saved_view_of_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "To be asked"), ("asked", "Asked"), ("answered", "Answered"), ("failed", "No answer")],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, help_text="Why there is no answer.", max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="second_opinion", to="conversations.message"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["at"], name="second_opinion_due"),
                    models.Index(fields=["workspace", "-asked_at"], name="second_opinion_asked"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=40)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="tag_public_id"),
                    models.UniqueConstraint(models.F("workspace"), django.db.models.functions.text.Lower("name"), name="tag_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "action",
                    models.ForeignKey(
                        help_text="Undoing it takes it off.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.bulkaction",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="conversations.conversation"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                ("tag", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.tag")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("conversation", "tag"), name="one_tag_of_a_name")],
            },
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="tag",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="conversations.tag"
            ),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, help_text="What to do in full, where the title does not say it all.")),
                ("due_at", models.DateTimeField(help_text="Empty: whenever there is time.", null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "done_by",
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
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["workspace", "due_at", "id"], name="task_open"),
                    models.Index(
                        condition=models.Q(("done_at", None), _negated=True),
                        fields=["workspace", "-done_at", "-id"],
                        name="task_done",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="task_public_id")],
            },
        ),
        migrations.CreateModel(
            name="ThreadEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
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
                ("text", models.CharField(blank=True, help_text="In addition to the kind: to whom, until when.", max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty: the product itself.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="happenings", to="conversations.conversation"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["conversation", "-at"], name="thread_event_in_thread")],
            },
        ),
    ]
