from django.db import migrations

# A message of which nobody could tell whether it was sent, and that its gateway shows afterwards, was sent.
EDGES = """
CREATE OR REPLACE FUNCTION conversations_message_edges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'queued'), ('draft', 'discarded'),
        ('queued', 'sending'), ('queued', 'cancelled'), ('queued', 'failed'),
        ('queued', 'sent'),      -- an attempt taken for absent was there after all
        ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'),
        ('sent', 'queued'),      -- SMS takes over from an iMessage that failed afterwards
        ('sent', 'failed')
    ) {OR} THEN
        RAISE EXCEPTION 'A message does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.sent_at IS DISTINCT FROM LEAST(OLD.sent_at, NEW.sent_at)
       OR NEW.delivered_at IS DISTINCT FROM LEAST(OLD.delivered_at, NEW.delivered_at)
       OR NEW.read_at IS DISTINCT FROM LEAST(OLD.read_at, NEW.read_at)
       OR NEW.replied_at IS DISTINCT FROM LEAST(OLD.replied_at, NEW.replied_at) THEN
        RAISE EXCEPTION 'What is known of a message only fills in or moves earlier' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0012_ended_place")]

    operations = [
        migrations.RunSQL(
            EDGES.replace("{OR}", "AND NOT (OLD.state = 'failed' AND NEW.state = 'sent' AND OLD.reason = 'outcome_unknown')"),
            EDGES.replace("{OR}", ""),
        )
    ]
