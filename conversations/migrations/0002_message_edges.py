from django.db import migrations

# The only ways a message may move. Web, worker and webhook cannot disagree about them, and neither can psql.
CREATE = """
CREATE FUNCTION conversations_message_edges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'queued'), ('draft', 'discarded'),
        ('queued', 'sending'), ('queued', 'cancelled'), ('queued', 'failed'),
        ('queued', 'sent'),      -- an attempt taken for absent was there after all
        ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'),
        ('sent', 'queued'),      -- SMS takes over from an iMessage that failed afterwards
        ('sent', 'failed')
    ) THEN
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
CREATE TRIGGER conversations_message_edges BEFORE UPDATE ON conversations_message
FOR EACH ROW EXECUTE FUNCTION conversations_message_edges();
"""

DROP = """
DROP TRIGGER conversations_message_edges ON conversations_message;
DROP FUNCTION conversations_message_edges();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
