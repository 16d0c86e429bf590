import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_initial"),
        ("conversations", "0006_message_ended"),
        ("lines", "0001_initial"),
        ("workspaces", "0002_audit_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(blank=True, max_length=8)),
                ("campaign", models.BigIntegerField()),
                ("line", models.BigIntegerField()),
                ("day", models.DateField()),
                ("key", models.CharField(blank=True, max_length=100)),
                ("sent", models.IntegerField()),
                ("delivered", models.IntegerField()),
                ("read", models.IntegerField()),
                ("replied", models.IntegerField()),
                ("failed", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TallyBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zone", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="TallyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("campaign", models.BigIntegerField(help_text="Its id, or Tally.NONE.")),
                ("line", models.BigIntegerField(help_text="Its id, or Tally.NONE.")),
                ("persona", models.CharField(max_length=100)),
                ("icp", models.CharField(max_length=100)),
                ("step", models.CharField(max_length=12)),
                ("variant", models.CharField(max_length=1)),
                ("sent", models.SmallIntegerField()),
                ("delivered", models.SmallIntegerField()),
                ("read", models.SmallIntegerField()),
                ("replied", models.SmallIntegerField()),
                ("failed", models.SmallIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="message",
            name="step",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="The step's key, in all versions.", max_length=12
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("direction", "out"), ("replied_at__isnull", False)),
                fields=["workspace", "sent_at"],
                include=("conversation", "campaign", "line", "persona", "icp", "step", "variant"),
                name="message_replied",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("intent_status", "positive")), fields=["workspace", "id"], name="conversation_positive"
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="tallybook",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="tallyentry",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="workspaces.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("workspace", "by", "campaign", "line", "day", "key"), name="one_tally_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="tallybook",
            constraint=models.UniqueConstraint(fields=("workspace",), name="one_tally_book"),
        ),
    ]
