from django.db import migrations

# A message that is stopped before its time stands in its thread where it was stopped, not at the time it was meant for:
# what is said after that stands below it.
CREATE = """
CREATE OR REPLACE FUNCTION conversations_message_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ended_at := CASE WHEN NEW.state IN ('failed', 'cancelled', 'discarded') THEN statement_timestamp() END;
    NEW.at := LEAST(NEW.at, NEW.ended_at);
    RETURN NEW;
END $$;
UPDATE conversations_message SET at = ended_at WHERE state IN ('cancelled', 'discarded') AND ended_at < at;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION conversations_message_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ended_at := CASE WHEN NEW.state IN ('failed', 'cancelled', 'discarded') THEN statement_timestamp() END;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_tallies_by_channel")]

    operations = [migrations.RunSQL(CREATE, BEFORE)]
