import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("leads", "0001_initial"),
        ("lines", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("kind", models.CharField(choices=[("workflow", "Workflow"), ("drip", "Drip")], default="workflow", max_length=8)),
                ("name", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("running", "Running"), ("paused", "Paused"), ("finished", "Finished")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("status_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "overlap",
                    models.CharField(
                        choices=[("skip", "Leave out who is in another running campaign"), ("allow", "Enrol them too")],
                        default="skip",
                        max_length=5,
                    ),
                ),
                (
                    "send_from",
                    models.TimeField(blank=True, help_text="Empty: the workspace's hours. Where the lead is.", null=True),
                ),
                ("send_until", models.TimeField(blank=True, null=True)),
                (
                    "send_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="1 Monday to 7 Sunday; empty: the workspace's days.",
                        size=None,
                    ),
                ),
                ("approval_asked_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                (
                    "approval_asked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        help_text="In whose name it writes; merge fields name them.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "indexes": [models.Index(fields=["workspace", "-created_at", "-id"], name="campaign_newest")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="campaign_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_at", models.DateTimeField(help_text="Empty: being edited.", null=True)),
                ("moves", models.BooleanField(default=False, help_text="Who is enrolled already follows it too.")),
                ("moved_at", models.DateTimeField(help_text="All of them do since then.", null=True)),
                (
                    "undo",
                    models.JSONField(
                        default=list, help_text="Earlier states while it is edited, the newest last (campaigns.editing)."
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="campaigns.campaign"
                    ),
                ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="one_version_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at", None)), fields=("campaign",), name="one_version_being_edited"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="The same step in every version.", max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("imessage", "iMessage"),
                            ("sms", "SMS"),
                            ("email", "Email"),
                            ("linkedin", "LinkedIn task"),
                            ("wait", "Wait"),
                            ("branch", "Branch"),
                            ("tag", "Tag"),
                            ("assign", "Assign"),
                            ("notify", "Notify"),
                            ("stop", "Stop"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("arm", models.CharField(blank=True, choices=[("", ""), ("yes", "Yes"), ("no", "No")], default="", max_length=3)),
                ("position", models.PositiveIntegerField(default=0, help_text="Among the nodes of its trunk or arm.")),
                ("settings", models.JSONField(default=dict)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="children", to="campaigns.node"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="nodes", to="campaigns.version"),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [models.UniqueConstraint(fields=("version", "key"), name="one_node_per_key")],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "address",
                    models.CharField(blank=True, help_text="Where it writes to; empty: chosen at each message.", max_length=254),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("completed", "Completed"), ("stopped", "Stopped")],
                        default="active",
                        max_length=9,
                    ),
                ),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("replied", "Replied"),
                            ("opted_out", "Opted out"),
                            ("excluded", "The lead or company is excluded"),
                            ("removed", "Stopped by a person"),
                            ("stop_node", "A stop node was reached"),
                            ("campaign_stopped", "The campaign was stopped"),
                            ("merged", "Merged with a lead that is enrolled already"),
                            ("overlap", "In another running campaign"),
                            ("failed", "Its message was not delivered"),
                        ],
                        max_length=16,
                    ),
                ),
                ("stop_detail", models.CharField(blank=True, max_length=300)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("selection", "Chosen in the leads table"),
                            ("filter", "All leads that a filter found"),
                            ("list", "A contact list"),
                            ("import", "An import"),
                            ("api", "The API"),
                            ("composer", "Applied in a conversation"),
                        ],
                        max_length=9,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "begun_at",
                    models.DateTimeField(
                        help_text="Its first step exists since then; empty: the campaign has yet to take it up.", null=True
                    ),
                ),
                ("replied_at", models.DateTimeField(help_text="Their reply that the workflow goes on with.", null=True)),
                ("resumed_at", models.DateTimeField(help_text="When it last went on after a pause of its own.", null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, help_text="When its state last changed.")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolments",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to="leads.lead"),
                ),
                (
                    "line",
                    models.ForeignKey(
                        help_text="The line it keeps to.",
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
                (
                    "version",
                    models.ForeignKey(
                        help_text="What it follows; set when its first step begins.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.version",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["campaign", "state", "-id"], name="enrolment_by_state"),
                    models.Index(fields=["campaign", "-id"], name="enrolment_newest"),
                    models.Index(
                        condition=models.Q(("begun_at", None), ("state", "active")),
                        fields=["campaign", "id"],
                        name="enrolment_to_begin",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("active", "paused"))), fields=["lead"], name="enrolment_under_way"
                    ),
                    models.Index(
                        condition=models.Q(("resumed_at__isnull", False)), fields=["resumed_at"], name="enrolment_resumed"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="enrolment_public_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("active", "paused"))),
                        fields=("campaign", "lead"),
                        name="enrolled_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="version",
            field=models.ForeignKey(
                help_text="The one that new enrolments follow.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.version",
            ),
        ),
        migrations.CreateModel(
            name="CampaignLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="line_choices", to="campaigns.campaign"
                    ),
                ),
                ("line", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="lines.line")),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("campaign", "line"), name="campaign_has_line_once")],
            },
        ),
        migrations.CreateModel(
            name="EnrolRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("selection", "Chosen in the leads table"),
                            ("filter", "All leads that a filter found"),
                            ("list", "A contact list"),
                            ("import", "An import"),
                            ("api", "The API"),
                            ("composer", "Applied in a conversation"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "chosen",
                    models.TextField(
                        help_text="The filters of the leads table as a query string, or lead=… for each that was ticked."
                    ),
                ),
                ("total", models.PositiveIntegerField(help_text="Leads that were chosen when it began.")),
                ("last", models.BigIntegerField(default=0, help_text="Leads up to this id are done.")),
                ("until", models.BigIntegerField(help_text="Leads with a greater id came later and were not chosen.")),
                ("enrolled", models.PositiveIntegerField(default=0)),
                ("left_out", models.JSONField(default=dict, help_text="{reason: how many}")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(null=True)),
                ("refused", models.CharField(blank=True, help_text="Why it ended before its end, in words.", max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="enrol_runs", to="campaigns.campaign"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="enrol_run_at_work")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="enrol_run_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Execution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("visit", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("pending", "Pending"),
                            ("executed", "Executed"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, help_text="When it is taken up at the latest.")),
                ("handed_at", models.DateTimeField(help_text="Since then its message stands in a conversation.", null=True)),
                ("variant", models.CharField(blank=True, help_text="The text that was chosen: A, B, ...", max_length=1)),
                ("read_at", models.DateTimeField(help_text="When the contact read its message.", null=True)),
                (
                    "recall",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="It was stopped after its message was handed over: the message is to be cancelled.",
                    ),
                ),
                ("why", models.CharField(blank=True, help_text="What it waits for, or how it ended, in words.", max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, help_text="When its state last changed.")),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="campaigns.campaign"
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="executions",
                        to="campaigns.enrolment",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        help_text="What its message goes over; follows the message by a trigger in the database.",
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
                ("node", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="campaigns.node")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("handed_at", None), ("state__in", ("waiting", "pending"))),
                        fields=["campaign", "due_at"],
                        name="execution_next",
                    ),
                    models.Index(condition=models.Q(("recall", True)), fields=["id"], name="execution_to_recall"),
                    models.Index(fields=["enrolment", "id"], name="execution_of_enrolment"),
                    models.Index(fields=["workspace", "-at", "-id"], name="execution_newest"),
                    models.Index(fields=["workspace", "state", "-at", "-id"], name="execution_by_state"),
                    models.Index(fields=["campaign", "node", "state"], name="execution_by_node"),
                    models.Index(fields=["campaign", "-at", "-id"], name="execution_of_campaign"),
                    models.Index(fields=["campaign", "state", "-at", "-id"], name="execution_of_campaign_by_state"),
                    models.Index(
                        condition=models.Q(("line__isnull", False)),
                        fields=["line", "state", "-at", "-id"],
                        name="execution_of_line_by_state",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "pending"))),
                        fields=["workspace", "state", "due_at"],
                        name="execution_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="execution_public_id"),
                    models.UniqueConstraint(fields=("enrolment", "node", "visit"), name="one_execution_per_visit"),
                ],
            },
        ),
    ]
