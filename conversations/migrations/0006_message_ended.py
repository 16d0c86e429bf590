from django.db import migrations

# When a message comes to its end without having been sent, whoever ends it.
CREATE = """
CREATE FUNCTION conversations_message_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ended_at := CASE WHEN NEW.state IN ('failed', 'cancelled', 'discarded') THEN statement_timestamp() END;
    RETURN NEW;
END $$;
CREATE TRIGGER conversations_message_ended BEFORE UPDATE OF state ON conversations_message
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION conversations_message_ended();
"""
DROP = """
DROP TRIGGER conversations_message_ended ON conversations_message;
DROP FUNCTION conversations_message_ended();
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_whose")]

    operations = [migrations.RunSQL(CREATE, DROP)]
