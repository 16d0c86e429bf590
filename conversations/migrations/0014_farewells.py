import django.db.models.deletion
from django.db import migrations, models

# An opt-out belongs to a table of a lower layer, which knows nothing of messages; so the database writes down what was sent
# last before it, in the transaction that records it. Two addresses of one person may have one last message.
_LAST = """
    INSERT INTO conversations_farewell (workspace_id, message_id)
    SELECT DISTINCT q.workspace_id, x.id FROM {added} q JOIN LATERAL (
        SELECT s.id FROM conversations_message s
        WHERE s.line_id IN (SELECT i.id FROM lines_line i WHERE i.workspace_id = q.workspace_id)
            AND s.address = q.value AND s.direction = 'out' AND s.sent_at <= q.received_at
        ORDER BY s.sent_at DESC, s.id DESC LIMIT 1
    ) x ON true
    ORDER BY x.id
    ON CONFLICT DO NOTHING;
"""

CREATE = f"""
CREATE FUNCTION conversations_farewell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{_LAST.format(added="added")}
    RETURN NULL;
END $$;
CREATE TRIGGER conversations_farewell AFTER INSERT ON leads_optout
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION conversations_farewell();
{_LAST.format(added="leads_optout")}
"""

DROP = """
DROP TRIGGER conversations_farewell ON leads_optout;
DROP FUNCTION conversations_farewell();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0013_sent_after_all"),
        ("leads", "0001_initial"),
        ("workspaces", "0002_audit_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Farewell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"),
                ),
                (
                    "message",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.message"),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
