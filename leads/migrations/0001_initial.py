import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import leads.models.importrun
import workspaces.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lines", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="CheckPace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="The day of the workspace that `used` counts.")),
                ("used", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now, help_text="Not asked before this.")),
                ("busy_until", models.DateTimeField(help_text="Somebody asks over it; the claim ends by itself then.", null=True)),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, help_text="Checks in a row that the line could not answer."),
                ),
                (
                    "line",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="check_pace", to="lines.line"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("single", "One lead"),
                            ("bulk", "Selected leads"),
                            ("new", "New leads"),
                            ("recheck", "Re-check of old results"),
                            ("api", "Asked through the API"),
                            ("send", "Asked before sending"),
                        ],
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("total", models.PositiveIntegerField(default=0, help_text="Leads in it.")),
                ("already", models.PositiveIntegerField(default=0, help_text="Leads left out: they waited in an earlier check.")),
                ("cancelled_at", models.DateTimeField(null=True)),
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
                "indexes": [models.Index(fields=["workspace", "-created_at", "-id"], name="check_run_newest")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="check_run_public_id")],
            },
        ),
        migrations.CreateModel(
            name="ContactList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="list_public_id"),
                    models.UniqueConstraint(models.F("workspace"), django.db.models.functions.text.Lower("name"), name="list_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("filename", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="bytes of the upload")),
                ("file", models.FileField(blank=True, upload_to=leads.models.importrun.upload_path)),
                ("rows", models.FileField(blank=True, help_text="The same as JSON lines; row 1 is the header.", upload_to="")),
                ("read_as", models.CharField(blank=True, help_text="Such as: CSV, UTF-8, separated by semicolons.", max_length=80)),
                ("columns", models.JSONField(default=list, help_text="The header, one name a column.")),
                ("sample", models.JSONField(default=list, help_text="The first ten rows.")),
                ("has_header", models.BooleanField(default=True)),
                ("total", models.PositiveIntegerField(default=0, help_text="Rows below the header.")),
                (
                    "mapping",
                    models.JSONField(default=dict, help_text="Index of a column: what it holds (leads.importing.mapping)."),
                ),
                ("region", models.CharField(blank=True, help_text="For numbers written without a country code.", max_length=2)),
                (
                    "known",
                    models.CharField(
                        choices=[("update", "Update them with what the file says"), ("skip", "Leave them as they are")],
                        default="update",
                        help_text="What happens to known leads.",
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Reading the file"),
                            ("mapping", "Waiting for its columns"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("running", "Importing"),
                            ("done", "Imported"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="reading",
                        max_length=9,
                    ),
                ),
                ("error", models.CharField(blank=True, help_text="Why it failed, and what helps.", max_length=500)),
                (
                    "position",
                    models.PositiveBigIntegerField(default=0, help_text="The byte of `rows` after the last committed chunk."),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("read", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("updated", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0, help_text="Known, and left as they were.")),
                ("repeated", models.PositiveIntegerField(default=0, help_text="The same person as an earlier row of the file.")),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("empty", models.PositiveIntegerField(default=0, help_text="Rows without any text.")),
                (
                    "in_part",
                    models.PositiveIntegerField(default=0, help_text="Of those taken: rows with an address that was left out."),
                ),
                (
                    "opted_out",
                    models.PositiveIntegerField(default=0, help_text="Of those taken: people who had opted out, and stay so."),
                ),
                ("removed", models.PositiveIntegerField(default=0, help_text="By undoing it.")),
                (
                    "restored",
                    models.PositiveIntegerField(
                        default=0, help_text="By undoing it: known leads that have their old values again."
                    ),
                ),
                ("kept", models.JSONField(default=dict, help_text="By undoing it: why how many stayed.")),
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
                    models.Index(fields=["workspace", "-id"], name="import_newest"),
                    models.Index(
                        condition=models.Q(("state__in", ["reading", "checking", "running", "undoing"])),
                        fields=["id"],
                        name="import_at_work",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="import_public_id")],
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("rejected", "Not imported"), ("repeated", "Repeated"), ("in_part", "Imported in part")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("cells", models.JSONField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "run",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="leads.importrun"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "row"), name="one_problem_per_row")],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=200)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("industry", models.CharField(blank=True, max_length=100)),
                (
                    "icp",
                    models.CharField(
                        blank=True, help_text="The ideal customer profile it was held to.", max_length=100, verbose_name="ICP"
                    ),
                ),
                ("icp_match", models.BooleanField(help_text="Empty: not judged yet.", null=True, verbose_name="ICP match")),
                (
                    "status",
                    models.CharField(choices=[("active", "Active"), ("excluded", "Excluded")], default="active", max_length=8),
                ),
                ("status_note", models.CharField(blank=True, help_text="Why it is excluded.", max_length=300)),
                (
                    "domain",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            models.Func(
                                models.F("website"),
                                models.Value("^\\s*(?:[a-z]+://)?(?:www\\.)?([^/:?#\\s]*).*$"),
                                models.Value("\\1"),
                                models.Value("i"),
                                function="regexp_replace",
                            )
                        ),
                        output_field=models.CharField(max_length=200),
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="leads.importrun",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "companies",
                "indexes": [
                    models.Index(fields=["workspace", "name", "id"], name="company_by_name"),
                    models.Index(models.F("workspace"), django.db.models.functions.text.Lower("name"), name="company_by_any_case"),
                    models.Index(fields=["workspace", "domain"], name="company_by_domain"),
                    models.Index(
                        condition=models.Q(("icp", ""), _negated=True), fields=["workspace", "icp"], name="company_by_icp"
                    ),
                    models.Index(
                        condition=models.Q(("imported_by__isnull", False)), fields=["imported_by"], name="company_by_import"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower("name"), name="gin_trgm_ops"),
                        name="company_name_parts",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="company_public_id")],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("persona", "Persona"), ("icp", "ICP")], max_length=7)),
                ("name", models.CharField(max_length=100)),
                (
                    "match",
                    models.BooleanField(
                        help_text="Whether who carries it is somebody to write to; empty: not judged yet.", null=True
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("workspace"), models.F("kind"), django.db.models.functions.text.Lower("name"), name="label_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("name", models.CharField(max_length=200)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("persona", models.CharField(blank=True, max_length=100)),
                ("persona_match", models.BooleanField(help_text="Empty: not judged yet.", null=True)),
                (
                    "status",
                    models.CharField(choices=[("active", "Active"), ("excluded", "Excluded")], default="active", max_length=8),
                ),
                ("status_note", models.CharField(blank=True, help_text="Why it is excluded.", max_length=300)),
                (
                    "opted_out_at",
                    models.DateTimeField(help_text="The person wants no more messages, at any of their addresses.", null=True),
                ),
                ("time_zone", models.CharField(blank=True, help_text="Empty: taken from the number.", max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="leads",
                        to="leads.company",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="leads.importrun",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "name", "id"], name="lead_by_name"),
                    models.Index(fields=["workspace", "-id"], name="lead_newest"),
                    models.Index(
                        condition=models.Q(("persona", ""), _negated=True), fields=["workspace", "persona"], name="lead_by_persona"
                    ),
                    models.Index(condition=models.Q(("status", "excluded")), fields=["workspace", "status"], name="lead_excluded"),
                    models.Index(condition=models.Q(("opted_out_at__isnull", False)), fields=["workspace"], name="lead_opted_out"),
                    models.Index(
                        condition=models.Q(("imported_by__isnull", False)), fields=["imported_by", "id"], name="lead_by_import"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower("name"), name="gin_trgm_ops"),
                        name="lead_name_parts",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="lead_public_id")],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, help_text="When we wrote it down.")),
                (
                    "asked_at",
                    models.DateTimeField(help_text="When it was asked for or sent, by the gateway's clock where one told."),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opted_out", "Opted out"),
                            ("opted_in", "Opted in"),
                            ("consent_sent", "Consent message sent"),
                            ("confirmation_sent", "Opt-out confirmed to the contact"),
                            ("removal_asked", "Asked to be removed"),
                            ("removal_dismissed", "Judged not to be a removal request"),
                            ("excluded", "Excluded"),
                            ("included", "No longer excluded"),
                        ],
                        max_length=17,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="The address; of an exclusion the lead's first, or the company's name.", max_length=254
                    ),
                ),
                ("name", models.CharField(blank=True, help_text="The lead's name then.", max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("keyword", "Keyword from the contact"),
                            ("request", "In the contact's own words"),
                            ("person", "Entered by a person"),
                            ("gateway", "Reported by the gateway"),
                            ("import", "Imported list"),
                            ("api", "The API"),
                            ("system", "The product itself"),
                        ],
                        max_length=8,
                    ),
                ),
                ("channel", models.CharField(blank=True, max_length=8)),
                ("line", models.CharField(blank=True, help_text="Our address then.", max_length=254)),
                (
                    "rule",
                    models.CharField(blank=True, help_text="What read it so: keyword STOP, phrase “take me off”.", max_length=120),
                ),
                (
                    "text",
                    models.CharField(blank=True, help_text="The words that asked for it, or that were sent.", max_length=1000),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                (
                    "lead",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="Stays when the lead goes.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="leads.lead",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-at", "-id"], name="consent_newest"),
                    models.Index(fields=["workspace", "value", "-at"], name="consent_by_address"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "public_id"), name="consent_public_id")],
            },
        ),
        migrations.CreateModel(
            name="CheckItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(blank=True, help_text="The address that is asked about, or was last.", max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Waiting"), ("asking", "Checking"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="queued",
                        max_length=9,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unchecked", "Not checked"),
                            ("available", "Available"),
                            ("unavailable", "Unavailable"),
                            ("checking", "Checking"),
                            ("error", "Error"),
                            ("no_active_line", "No active line"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it ended as an error, in words.", max_length=300)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(0, "Now"), (1, "Bulk"), (2, "New"), (3, "Recheck")], default=1),
                ),
                (
                    "tried",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254),
                        default=list,
                        help_text="Addresses that have their answer.",
                        size=None,
                    ),
                ),
                (
                    "asks",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Times the address at hand was answered with no or not at all."
                    ),
                ),
                ("failed", models.BooleanField(default=False, help_text="One of the addresses ended as an error.")),
                ("losses", models.PositiveSmallIntegerField(default=0, help_text="Times a worker took it and never came back.")),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(help_text="The asker's claim on it, by the database's clock.", null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "line",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="lines.line"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="items", to="leads.checkrun")),
                (
                    "lead",
                    models.ForeignKey(
                        help_text="Empty: a bare address.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="leads.lead",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["workspace", "priority", "id"], name="check_item_next"
                    ),
                    models.Index(condition=models.Q(("state", "asking")), fields=["lease_until"], name="check_item_leased"),
                    models.Index(fields=["run", "state", "outcome"], name="check_item_of_run"),
                    models.Index(fields=["lead", "-id"], name="check_item_of_lead"),
                    models.Index(
                        condition=models.Q(("lead", None)), fields=["workspace", "value", "-id"], name="check_item_of_value"
                    ),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["workspace", "-finished_at"], name="check_item_finished"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lead__isnull", False), ("state__in", ["queued", "asking"])),
                        fields=("workspace", "lead"),
                        name="one_open_check_per_lead",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("phone", "Phone"), ("email", "Email")], max_length=5)),
                ("rank", models.PositiveSmallIntegerField(default=0)),
                ("value", models.CharField(help_text="E.164, or the email address in lower case.", max_length=254)),
                (
                    "availability",
                    models.CharField(
                        choices=[
                            ("unchecked", "Not checked"),
                            ("available", "Available"),
                            ("unavailable", "Unavailable"),
                            ("checking", "Checking"),
                            ("error", "Error"),
                            ("no_active_line", "No active line"),
                        ],
                        default="unchecked",
                        max_length=16,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="leads.lead"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "addresses",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("value", name="gin_trgm_ops"), name="address_parts"
                    ),
                    models.Index(
                        condition=models.Q(("availability__in", ["unchecked", "no_active_line"])),
                        fields=["workspace", "lead"],
                        name="address_unchecked",
                    ),
                    models.Index(
                        condition=models.Q(("checked_at__isnull", False)),
                        fields=["workspace", "checked_at"],
                        name="address_by_check",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "value"), name="address_belongs_to_one_lead"),
                    models.UniqueConstraint(fields=("lead", "kind", "rank"), name="one_address_per_rank"),
                    models.CheckConstraint(condition=models.Q(("rank__lte", 3)), name="rank_0_to_3"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("edited", "Edited"),
                            ("imported", "Updated by an import"),
                            ("excluded", "Excluded"),
                            ("included", "Included again"),
                            ("merged", "Merged"),
                            ("linked", "Saved from a conversation"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text", models.CharField(blank=True, help_text="What changed, in words.", max_length=500)),
                ("before", models.JSONField(default=dict, help_text="Of an import: what it replaced, so that it can be undone.")),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="events", to="leads.company"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="events", to="leads.lead"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="leads.importrun"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("run__isnull", False)), fields=["run", "lead"], name="event_of_run")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lead__isnull", True), ("company__isnull", True), _connector="XOR"),
                        name="event_of_a_lead_or_a_company",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "contact_list",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="members", to="leads.contactlist"
                    ),
                ),
                ("lead", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead")),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("contact_list", "lead"), name="on_a_list_once")],
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=workspaces.ids.new_public_id, editable=False, max_length=12)),
                ("value", models.CharField(help_text="E.164, or the email address in lower case.", max_length=254)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("keyword", "Keyword from the contact"),
                            ("person", "Entered by a person"),
                            ("gateway", "Reported by the gateway"),
                            ("request", "In the contact's own words"),
                            ("import", "Imported list"),
                            ("api", "The API"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.CharField(blank=True, help_text="The words that asked for it.", max_length=500)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("honoured_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "settled_at",
                    models.DateTimeField(help_text="When what was queued for the person had been cancelled.", null=True),
                ),
                ("lifted_at", models.DateTimeField(help_text="When the person asked to be messaged again.", null=True)),
                ("lifted_text", models.CharField(blank=True, max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lifted_by",
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
                        condition=models.Q(("lifted_at", None), ("settled_at", None)), fields=["id"], name="optout_unsettled"
                    ),
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["workspace", "-received_at", "-id"],
                        name="optout_newest_standing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("workspace", "value"),
                        name="one_standing_optout_per_address",
                    ),
                    models.UniqueConstraint(fields=("workspace", "public_id"), name="optout_public_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemovalRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(help_text="The address that asked.", max_length=254)),
                ("text", models.CharField(max_length=500)),
                ("rule", models.CharField(help_text="The phrase, or the label, that was read in it.", max_length=120)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("contact", "Contact excluded"),
                            ("company", "Contact and company excluded"),
                            ("none", "Not a removal request"),
                            ("optout", "Opted out meanwhile"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="removal_requests", to="leads.lead"
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
                        condition=models.Q(("decided_at", None)), fields=["workspace", "lead"], name="removal_request_open_of_lead"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("workspace", "value"),
                        name="one_open_removal_request_per_address",
                    )
                ],
            },
        ),
    ]
