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
BEGIN
    INSERT INTO conversations_tallyentry (
        workspace_id, at, campaign, line, persona, icp, step, variant, sent, delivered, read, replied, failed)
    SELECT m.workspace_id, CASE WHEN m.lost THEN m.at ELSE m.sent_at END AS moment,
        COALESCE(m.campaign_id, -1), COALESCE(m.line_id, -1), m.persona, m.icp, m.step, m.variant,
        sum(CASE WHEN m.lost THEN 0 ELSE m.sign END),
        sum(CASE WHEN m.lost OR NOT m.arrived THEN 0 ELSE m.sign END),
        sum(CASE WHEN m.lost OR m.read_at IS NULL THEN 0 ELSE m.sign END),
        sum(CASE WHEN m.lost OR m.replied_at IS NULL THEN 0 ELSE m.sign END),
        sum(CASE WHEN m.lost THEN m.sign ELSE 0 END)
    FROM (
        VALUES (-1, OLD.workspace_id, OLD.status = 'not_delivered', OLD.at, OLD.sent_at, OLD.campaign_id, OLD.line_id, OLD.persona,
            OLD.icp, OLD.step, OLD.variant, OLD.read_at, OLD.replied_at,
            COALESCE(OLD.delivered_at, OLD.read_at, OLD.replied_at) IS NOT NULL),
        (1, NEW.workspace_id, NEW.status = 'not_delivered', NEW.at, NEW.sent_at, NEW.campaign_id, NEW.line_id, NEW.persona,
            NEW.icp, NEW.step, NEW.variant, NEW.read_at, NEW.replied_at,
            COALESCE(NEW.delivered_at, NEW.read_at, NEW.replied_at) IS NOT NULL)
    ) m(sign, workspace_id, lost, at, sent_at, campaign_id, line_id, persona, icp, step, variant, read_at, replied_at, arrived)
    WHERE m.lost OR m.sent_at IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING sum(CASE WHEN m.lost THEN 0 ELSE m.sign END) <> 0
        OR sum(CASE WHEN m.lost OR NOT m.arrived THEN 0 ELSE m.sign END) <> 0
        OR sum(CASE WHEN m.lost OR m.read_at IS NULL THEN 0 ELSE m.sign END) <> 0
        OR sum(CASE WHEN m.lost OR m.replied_at IS NULL THEN 0 ELSE m.sign END) <> 0
        OR sum(CASE WHEN m.lost THEN m.sign ELSE 0 END) <> 0;
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
