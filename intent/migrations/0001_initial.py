import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IntentSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "llm_on",
                    models.BooleanField(
                        default=False, verbose_name="Ask a language model about replies that the reader is unsure of"
                    ),
                ),
                (
                    "llm_url",
                    models.CharField(
                        blank=True,
                        help_text="Up to and including /v1, without a slash at the end.",
                        max_length=300,
                        verbose_name="Address",
                    ),
                ),
                ("llm_model", models.CharField(blank=True, max_length=120, verbose_name="Model")),
                ("sealed_llm_key", models.TextField(blank=True, help_text="The key, encrypted; see workspaces.secrets.")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace",), name="intent_settings_of_workspace")],
            },
        ),
    ]
