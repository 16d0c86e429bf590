import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.ids


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0007_names_and_words"),
        ("workspaces", "0004_notes_and_undo"),
    ]

    operations = [
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
            ],
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
            ],
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
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(blank=True, help_text="In addition to the kind: to whom, until when.", max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="message",
            name="cancel_on_reply",
            field=models.BooleanField(default=False, help_text="Not sent if the contact writes first."),
        ),
        migrations.AlterField(
            model_name="message",
            name="origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("person", "A person"),
                    ("consent", "Consent message"),
                    ("confirmation", "Opt-out confirmation"),
                    ("device", "Written on the line's own device"),
                    ("campaign", "A campaign"),
                    ("api", "The API"),
                    ("auto", "An automatic reply"),
                ],
                max_length=12,
            ),
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
        ),
        migrations.AddField(
            model_name="message",
            name="canned",
            field=models.ForeignKey(
                db_index=False,
                help_text="What answered by itself.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conversations.cannedresponse",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("canned__isnull", False)),
                fields=["conversation", "canned", "-created_at"],
                name="message_automatic",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="conversations.conversation"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="draft",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="note",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="conversations.conversation"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="threadevent",
            name="by",
            field=models.ForeignKey(
                help_text="Empty: the product itself.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="threadevent",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="happenings", to="conversations.conversation"
            ),
        ),
        migrations.AddField(
            model_name="threadevent",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
        ),
        migrations.AddIndex(
            model_name="cannedresponse",
            index=models.Index(
                condition=models.Q(("enabled", True), models.Q(("use", "reply"), _negated=True)),
                fields=["workspace", "use"],
                name="canned_automatic",
            ),
        ),
        migrations.AddConstraint(
            model_name="cannedresponse",
            constraint=models.UniqueConstraint(fields=("workspace", "public_id"), name="canned_public_id"),
        ),
        migrations.AddConstraint(
            model_name="cannedresponse",
            constraint=models.UniqueConstraint(
                models.F("workspace"), django.db.models.functions.text.Lower("name"), name="canned_named_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("workspace", "conversation", "user"), name="one_draft_per_person_and_conversation"
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["conversation", "-at"], name="note_in_thread"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(fields=("workspace", "public_id"), name="note_public_id"),
        ),
        migrations.AddIndex(
            model_name="threadevent",
            index=models.Index(fields=["conversation", "-at"], name="thread_event_in_thread"),
        ),
    ]
