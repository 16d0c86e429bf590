from django.db import migrations

# A conversation carries the names it is listed and searched by. They belong to tables of lower layers, which know
# nothing of conversations; so the database carries a change over, in the transaction that makes it. The rows are
# locked in order of id, as every other writer of them does.
NAMES = """
CREATE FUNCTION conversations_follow_leads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(k.id) INTO ids FROM (
        SELECT c.id FROM conversations_conversation c
        JOIN now_so n ON n.id = c.lead_id
        JOIN once_so o ON o.id = n.id
        WHERE n.name <> o.name OR n.company_id IS DISTINCT FROM o.company_id
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ) k;
    IF ids IS NOT NULL THEN
        UPDATE conversations_conversation c SET
            contact_name = l.name, company_id = l.company_id,
            company_name = COALESCE(f.name, ''), icp_match = COALESCE(f.icp_match, false)
        FROM leads_lead l LEFT JOIN leads_company f ON f.id = l.company_id
        WHERE c.id = ANY(ids) AND l.id = c.lead_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION conversations_follow_companies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(k.id) INTO ids FROM (
        SELECT c.id FROM conversations_conversation c
        JOIN now_so n ON n.id = c.company_id
        JOIN once_so o ON o.id = n.id
        WHERE n.name <> o.name OR n.icp_match IS DISTINCT FROM o.icp_match
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ) k;
    IF ids IS NOT NULL THEN
        UPDATE conversations_conversation c SET company_name = f.name, icp_match = COALESCE(f.icp_match, false)
        FROM leads_company f
        WHERE c.id = ANY(ids) AND f.id = c.company_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION conversations_follow_campaigns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(k.id) INTO ids FROM (
        SELECT c.id FROM conversations_conversation c
        JOIN now_so n ON n.id = c.campaign_id
        JOIN once_so o ON o.id = n.id
        WHERE n.name <> o.name
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ) k;
    IF ids IS NOT NULL THEN
        UPDATE conversations_conversation c SET campaign_name = m.name
        FROM campaigns_campaign m
        WHERE c.id = ANY(ids) AND m.id = c.campaign_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER conversations_follow_leads AFTER UPDATE ON leads_lead
REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so FOR EACH STATEMENT EXECUTE FUNCTION conversations_follow_leads();
CREATE TRIGGER conversations_follow_companies AFTER UPDATE ON leads_company
REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so FOR EACH STATEMENT EXECUTE FUNCTION conversations_follow_companies();
CREATE TRIGGER conversations_follow_campaigns AFTER UPDATE ON campaigns_campaign
REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so FOR EACH STATEMENT EXECUTE FUNCTION conversations_follow_campaigns();

UPDATE conversations_conversation c SET icp_match = true
FROM leads_company f WHERE f.id = c.company_id AND f.icp_match;
"""

NO_NAMES = """
DROP TRIGGER conversations_follow_leads ON leads_lead;
DROP TRIGGER conversations_follow_companies ON leads_company;
DROP TRIGGER conversations_follow_campaigns ON campaigns_campaign;
DROP FUNCTION conversations_follow_leads();
DROP FUNCTION conversations_follow_companies();
DROP FUNCTION conversations_follow_campaigns();
"""

# Words of messages. With the usual 100 entries of statistics the planner guesses rare words wrong by orders of magnitude
# and `conversations.search`, which goes by its guess, would too.
WORDS = """
CREATE INDEX message_words ON conversations_message USING gin (to_tsvector('simple', body));
ALTER INDEX message_words ALTER COLUMN 1 SET STATISTICS 2000;
CREATE INDEX message_newest ON conversations_message (workspace_id, at DESC, id DESC);
"""

NO_WORDS = "DROP INDEX message_words; DROP INDEX message_newest;"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_facet_counts")]

    operations = [migrations.RunSQL(NAMES, NO_NAMES), migrations.RunSQL(WORDS, NO_WORDS)]
