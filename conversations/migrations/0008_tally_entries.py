from django.db import migrations

# A message also says which step it is of, or sends again: like campaign and text, filled in when it is made.
STEPS = """
CREATE OR REPLACE FUNCTION conversations_message_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.execution_id IS NOT NULL THEN
        SELECT e.campaign_id, e.variant, n.key INTO NEW.campaign_id, NEW.variant, NEW.step
        FROM campaigns_execution e JOIN campaigns_node n ON n.id = e.node_id WHERE e.id = NEW.execution_id;
    ELSIF NEW.retry_of_id IS NOT NULL THEN
        SELECT m.campaign_id, m.variant, m.step INTO NEW.campaign_id, NEW.variant, NEW.step
        FROM conversations_message m WHERE m.id = NEW.retry_of_id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT l.persona, f.icp INTO NEW.persona, NEW.icp
        FROM conversations_conversation c
        JOIN leads_lead l ON l.id = c.lead_id
        LEFT JOIN leads_company f ON f.id = l.company_id
        WHERE c.id = NEW.conversation_id;
    END IF;
    NEW.step := COALESCE(NEW.step, '');
    NEW.variant := COALESCE(NEW.variant, '');
    NEW.persona := COALESCE(NEW.persona, '');
    NEW.icp := COALESCE(NEW.icp, '');
    RETURN NEW;
END $$;

UPDATE conversations_message m SET step = n.key
FROM campaigns_execution e JOIN campaigns_node n ON n.id = e.node_id
WHERE m.execution_id = e.id;

WITH RECURSIVE chain(id, step) AS (
    SELECT r.id, m.step FROM conversations_message r JOIN conversations_message m ON m.id = r.retry_of_id
    WHERE m.step <> '' AND r.execution_id IS NULL
    UNION ALL
    SELECT r.id, chain.step FROM chain JOIN conversations_message r ON r.retry_of_id = chain.id
    WHERE r.execution_id IS NULL
)
UPDATE conversations_message m SET step = chain.step FROM chain WHERE m.id = chain.id AND m.step = '';
"""

NO_STEPS = """
CREATE OR REPLACE FUNCTION conversations_message_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.execution_id IS NOT NULL THEN
        SELECT e.campaign_id, e.variant INTO NEW.campaign_id, NEW.variant
        FROM campaigns_execution e WHERE e.id = NEW.execution_id;
    ELSIF NEW.retry_of_id IS NOT NULL THEN
        SELECT m.campaign_id, m.variant INTO NEW.campaign_id, NEW.variant
        FROM conversations_message m WHERE m.id = NEW.retry_of_id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT l.persona, f.icp INTO NEW.persona, NEW.icp
        FROM conversations_conversation c
        JOIN leads_lead l ON l.id = c.lead_id
        LEFT JOIN leads_company f ON f.id = l.company_id
        WHERE c.id = NEW.conversation_id;
    END IF;
    NEW.variant := COALESCE(NEW.variant, '');
    NEW.persona := COALESCE(NEW.persona, '');
    NEW.icp := COALESCE(NEW.icp, '');
    RETURN NEW;
END $$;
"""

# Whatever changes what a message counts as, writes by how much, in its own transaction: what it was is taken away, what
# it is is added. It only inserts, so two writers never wait for each other, and most updates of a message change nothing
# here: the trigger's condition says so without calling it. `conversations.reports.counting` holds the same rule for reading.
ENTRIES = """
CREATE FUNCTION conversations_message_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost boolean := NEW.status = 'not_delivered';
    was_lost boolean := OLD.status = 'not_delivered';
    at timestamptz := CASE WHEN lost THEN NEW.at ELSE NEW.sent_at END;  -- null: it does not count
    was_at timestamptz := CASE WHEN was_lost THEN OLD.at ELSE OLD.sent_at END;
    n integer[] := CASE WHEN lost THEN '{0,0,0,0,1}' ELSE ARRAY[1,
        (COALESCE(NEW.delivered_at, NEW.read_at, NEW.replied_at) IS NOT NULL)::int,
        (NEW.read_at IS NOT NULL)::int, (NEW.replied_at IS NOT NULL)::int, 0] END;
    was integer[] := CASE WHEN was_lost THEN '{0,0,0,0,1}' ELSE ARRAY[1,
        (COALESCE(OLD.delivered_at, OLD.read_at, OLD.replied_at) IS NOT NULL)::int,
        (OLD.read_at IS NOT NULL)::int, (OLD.replied_at IS NOT NULL)::int, 0] END;
BEGIN
    IF at = was_at AND (OLD.campaign_id, OLD.line_id, OLD.persona, OLD.icp, OLD.step, OLD.variant)
        IS NOT DISTINCT FROM (NEW.campaign_id, NEW.line_id, NEW.persona, NEW.icp, NEW.step, NEW.variant) THEN
        n := ARRAY[n[1] - was[1], n[2] - was[2], n[3] - was[3], n[4] - was[4], n[5] - was[5]];
        IF n = '{0,0,0,0,0}' THEN
            RETURN NULL;
        END IF;
    ELSIF was_at IS NOT NULL THEN
        INSERT INTO conversations_tallyentry (
            workspace_id, at, campaign, line, persona, icp, step, variant, sent, delivered, read, replied, failed)
        VALUES (OLD.workspace_id, was_at, COALESCE(OLD.campaign_id, -1), COALESCE(OLD.line_id, -1), OLD.persona, OLD.icp,
            OLD.step, OLD.variant, -was[1], -was[2], -was[3], -was[4], -was[5]);
    END IF;
    IF at IS NOT NULL THEN
        INSERT INTO conversations_tallyentry (
            workspace_id, at, campaign, line, persona, icp, step, variant, sent, delivered, read, replied, failed)
        VALUES (NEW.workspace_id, at, COALESCE(NEW.campaign_id, -1), COALESCE(NEW.line_id, -1), NEW.persona, NEW.icp,
            NEW.step, NEW.variant, n[1], n[2], n[3], n[4], n[5]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER message_tallied_added AFTER INSERT ON conversations_message FOR EACH ROW
WHEN (NEW.direction = 'out' AND (NEW.sent_at IS NOT NULL OR NEW.status = 'not_delivered'))
EXECUTE FUNCTION conversations_message_tallied();

CREATE TRIGGER message_tallied_removed AFTER DELETE ON conversations_message FOR EACH ROW
WHEN (OLD.direction = 'out' AND (OLD.sent_at IS NOT NULL OR OLD.status = 'not_delivered'))
EXECUTE FUNCTION conversations_message_tallied();

CREATE TRIGGER message_tallied_changed AFTER UPDATE ON conversations_message FOR EACH ROW
WHEN (
    NEW.direction = 'out'
    AND (NEW.sent_at IS NOT NULL OR OLD.status = 'not_delivered' OR NEW.status = 'not_delivered')
    AND (OLD.sent_at, OLD.status = 'not_delivered', CASE WHEN OLD.status = 'not_delivered' THEN OLD.at END,
         OLD.delivered_at IS NULL, OLD.read_at IS NULL, OLD.replied_at IS NULL, OLD.campaign_id, OLD.line_id,
         OLD.persona, OLD.icp, OLD.step, OLD.variant)
    IS DISTINCT FROM
        (NEW.sent_at, NEW.status = 'not_delivered', CASE WHEN NEW.status = 'not_delivered' THEN NEW.at END,
         NEW.delivered_at IS NULL, NEW.read_at IS NULL, NEW.replied_at IS NULL, NEW.campaign_id, NEW.line_id,
         NEW.persona, NEW.icp, NEW.step, NEW.variant)
) EXECUTE FUNCTION conversations_message_tallied();

-- TRUNCATE tells nobody which rows it took: all of them.
CREATE FUNCTION conversations_message_untallied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM conversations_tallyentry;
    DELETE FROM conversations_tally;
    RETURN NULL;
END $$;
CREATE TRIGGER message_tallied_emptied AFTER TRUNCATE ON conversations_message
FOR EACH STATEMENT EXECUTE FUNCTION conversations_message_untallied();
"""

NO_ENTRIES = """
DROP TRIGGER message_tallied_added ON conversations_message;
DROP TRIGGER message_tallied_removed ON conversations_message;
DROP TRIGGER message_tallied_changed ON conversations_message;
DROP TRIGGER message_tallied_emptied ON conversations_message;
DROP FUNCTION conversations_message_tallied();
DROP FUNCTION conversations_message_untallied();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_tallies")]

    operations = [migrations.RunSQL(STEPS, NO_STEPS), migrations.RunSQL(ENTRIES, NO_ENTRIES)]
