import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0007_unsettled_exclusions"),
        ("workspaces", "0002_audit_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="workspace",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
            ),
        ),
        migrations.AlterField(
            model_name="importproblem",
            name="run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="leads.importrun"
            ),
        ),
    ]
