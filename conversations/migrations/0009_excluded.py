from django.db import migrations, models

# Whether a conversation's contact or company is excluded follows both, as their names do (0004).
EXCLUDED = """
CREATE FUNCTION conversations_is_excluded(lead bigint, company bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM leads_lead WHERE id = lead AND status = 'excluded')
        OR EXISTS (SELECT 1 FROM leads_company WHERE id = company AND status = 'excluded')
$$;

CREATE FUNCTION conversations_set_excluded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.excluded := conversations_is_excluded(NEW.lead_id, NEW.company_id);
    RETURN NEW;
END $$;
CREATE TRIGGER conversation_made BEFORE INSERT ON conversations_conversation
FOR EACH ROW EXECUTE FUNCTION conversations_set_excluded();
CREATE TRIGGER conversation_of_others BEFORE UPDATE OF lead_id, company_id ON conversations_conversation
FOR EACH ROW WHEN (NEW.lead_id IS DISTINCT FROM OLD.lead_id OR NEW.company_id IS DISTINCT FROM OLD.company_id)
EXECUTE FUNCTION conversations_set_excluded();

CREATE FUNCTION conversations_follow_excluded_leads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(k.id) INTO ids FROM (
        SELECT c.id FROM conversations_conversation c
        JOIN now_so n ON n.id = c.lead_id
        JOIN once_so o ON o.id = n.id
        WHERE (n.status = 'excluded') <> (o.status = 'excluded')
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ) k;
    IF ids IS NOT NULL THEN
        UPDATE conversations_conversation c SET excluded = conversations_is_excluded(c.lead_id, c.company_id)
        WHERE c.id = ANY(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION conversations_follow_excluded_companies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    SELECT array_agg(k.id) INTO ids FROM (
        SELECT c.id FROM conversations_conversation c
        JOIN now_so n ON n.id = c.company_id
        JOIN once_so o ON o.id = n.id
        WHERE (n.status = 'excluded') <> (o.status = 'excluded')
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ) k;
    IF ids IS NOT NULL THEN
        UPDATE conversations_conversation c SET excluded = conversations_is_excluded(c.lead_id, c.company_id)
        WHERE c.id = ANY(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER conversations_follow_excluded_leads AFTER UPDATE ON leads_lead
REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so FOR EACH STATEMENT EXECUTE FUNCTION conversations_follow_excluded_leads();
CREATE TRIGGER conversations_follow_excluded_companies AFTER UPDATE ON leads_company
REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so FOR EACH STATEMENT
EXECUTE FUNCTION conversations_follow_excluded_companies();

UPDATE conversations_conversation c SET excluded = true
WHERE c.lead_id IN (SELECT id FROM leads_lead WHERE status = 'excluded')
   OR c.company_id IN (SELECT id FROM leads_company WHERE status = 'excluded');
"""

NOT_EXCLUDED = """
DROP TRIGGER conversations_follow_excluded_leads ON leads_lead;
DROP TRIGGER conversations_follow_excluded_companies ON leads_company;
DROP TRIGGER conversation_made ON conversations_conversation;
DROP TRIGGER conversation_of_others ON conversations_conversation;
DROP FUNCTION conversations_follow_excluded_leads();
DROP FUNCTION conversations_follow_excluded_companies();
DROP FUNCTION conversations_set_excluded();
DROP FUNCTION conversations_is_excluded(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0008_tally_entries")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="excluded",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Its contact or company is; kept by the database."
            ),
        ),
        migrations.RunSQL(EXCLUDED, NOT_EXCLUDED),
    ]
