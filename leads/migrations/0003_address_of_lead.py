import django.db.models.deletion
from django.db import migrations, models

# A lead and its addresses are of one workspace, and the database sees to it.
TOGETHER = """
ALTER TABLE leads_address ADD CONSTRAINT address_of_a_lead_of_its_workspace
FOREIGN KEY (workspace_id, lead_id) REFERENCES leads_lead (workspace_id, id) DEFERRABLE INITIALLY DEFERRED
"""
APART = "ALTER TABLE leads_address DROP CONSTRAINT address_of_a_lead_of_its_workspace"


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0002_consent_append_only"),
        ("workspaces", "0002_audit_append_only"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="lead",
            name="lead_newest",
        ),
        migrations.AlterField(
            model_name="address",
            name="lead",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addresses",
                to="leads.lead",
            ),
        ),
        migrations.AlterField(
            model_name="address",
            name="workspace",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workspaces.workspace",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="workspace",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(fields=("workspace", "id"), name="lead_of_workspace"),
        ),
        migrations.RunSQL(TOGETHER, APART),
    ]
