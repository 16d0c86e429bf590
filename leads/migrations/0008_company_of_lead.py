import django.db.models.deletion
from django.db import migrations, models

# A lead and its company are of one workspace, and the database sees to it: one key for the two that there were.
TOGETHER = """
ALTER TABLE leads_lead ADD CONSTRAINT company_of_the_leads_workspace
FOREIGN KEY (workspace_id, company_id) REFERENCES leads_company (workspace_id, id) DEFERRABLE INITIALLY DEFERRED
"""
APART = "ALTER TABLE leads_lead DROP CONSTRAINT company_of_the_leads_workspace"


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
            model_name="lead",
            name="company",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="leads",
                to="leads.company",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="company_of_workspace"),
        ),
        migrations.RunSQL(TOGETHER, APART),
    ]
