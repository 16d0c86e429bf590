from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0008_enrol_scope")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="consent_required",
            field=models.BooleanField(
                help_text="Whether consent precedes what they write; empty: as the workspace says (S2-36).", null=True
            ),
        ),
    ]
