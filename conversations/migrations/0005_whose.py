from django.db import migrations

# A message says whose it is: the campaign and text of the step it was made for, or of the one it sends again, and persona
# and ICP of the contact as they were then. The database fills that in, whoever makes the row.
WHOSE = """
CREATE FUNCTION conversations_message_whose() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER message_made BEFORE INSERT ON conversations_message
FOR EACH ROW WHEN (NEW.direction = 'out') EXECUTE FUNCTION conversations_message_whose();
CREATE TRIGGER message_given_its_step BEFORE UPDATE OF execution_id ON conversations_message
FOR EACH ROW WHEN (NEW.execution_id IS NOT NULL AND NEW.execution_id IS DISTINCT FROM OLD.execution_id)
EXECUTE FUNCTION conversations_message_whose();

CREATE FUNCTION conversations_tell_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaigns_execution SET line_id = NEW.line_id
    WHERE id = NEW.execution_id AND line_id IS DISTINCT FROM NEW.line_id;
    RETURN NULL;
END $$;
CREATE TRIGGER message_line_of_step AFTER INSERT OR UPDATE OF line_id, execution_id ON conversations_message
FOR EACH ROW WHEN (NEW.execution_id IS NOT NULL) EXECUTE FUNCTION conversations_tell_line();
"""

NOT_WHOSE = """
DROP TRIGGER message_made ON conversations_message;
DROP TRIGGER message_given_its_step ON conversations_message;
DROP TRIGGER message_line_of_step ON conversations_message;
DROP FUNCTION conversations_message_whose();
DROP FUNCTION conversations_tell_line();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_names_and_words")]

    operations = [migrations.RunSQL(WHOSE, NOT_WHOSE)]
