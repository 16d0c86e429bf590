from django.db import migrations, models

# Counts are also kept by channel. All of them are made anew, from the messages, when counts are added up next.
WITH_CHANNEL = """
CREATE OR REPLACE FUNCTION conversations_message_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF at = was_at AND (OLD.campaign_id, OLD.line_id, OLD.channel, OLD.persona, OLD.icp, OLD.step, OLD.variant)
        IS NOT DISTINCT FROM (NEW.campaign_id, NEW.line_id, NEW.channel, NEW.persona, NEW.icp, NEW.step, NEW.variant) THEN
        n := ARRAY[n[1] - was[1], n[2] - was[2], n[3] - was[3], n[4] - was[4], n[5] - was[5]];
        IF n = '{0,0,0,0,0}' THEN
            RETURN NULL;
        END IF;
    ELSIF was_at IS NOT NULL THEN
        INSERT INTO conversations_tallyentry (
            workspace_id, at, campaign, line, channel, persona, icp, step, variant, sent, delivered, read, replied, failed)
        VALUES (OLD.workspace_id, was_at, COALESCE(OLD.campaign_id, -1), COALESCE(OLD.line_id, -1), OLD.channel, OLD.persona,
            OLD.icp, OLD.step, OLD.variant, -was[1], -was[2], -was[3], -was[4], -was[5]);
    END IF;
    IF at IS NOT NULL THEN
        INSERT INTO conversations_tallyentry (
            workspace_id, at, campaign, line, channel, persona, icp, step, variant, sent, delivered, read, replied, failed)
        VALUES (NEW.workspace_id, at, COALESCE(NEW.campaign_id, -1), COALESCE(NEW.line_id, -1), NEW.channel, NEW.persona,
            NEW.icp, NEW.step, NEW.variant, n[1], n[2], n[3], n[4], n[5]);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER message_tallied_changed ON conversations_message;
CREATE TRIGGER message_tallied_changed AFTER UPDATE ON conversations_message FOR EACH ROW
WHEN (
    NEW.direction = 'out'
    AND (NEW.sent_at IS NOT NULL OR OLD.status = 'not_delivered' OR NEW.status = 'not_delivered')
    AND (OLD.sent_at, OLD.status = 'not_delivered', CASE WHEN OLD.status = 'not_delivered' THEN OLD.at END,
         OLD.delivered_at IS NULL, OLD.read_at IS NULL, OLD.replied_at IS NULL, OLD.campaign_id, OLD.line_id,
         OLD.channel, OLD.persona, OLD.icp, OLD.step, OLD.variant)
    IS DISTINCT FROM
        (NEW.sent_at, NEW.status = 'not_delivered', CASE WHEN NEW.status = 'not_delivered' THEN NEW.at END,
         NEW.delivered_at IS NULL, NEW.read_at IS NULL, NEW.replied_at IS NULL, NEW.campaign_id, NEW.line_id,
         NEW.channel, NEW.persona, NEW.icp, NEW.step, NEW.variant)
) EXECUTE FUNCTION conversations_message_tallied();
DELETE FROM conversations_tallybook;
"""

WITHOUT_CHANNEL = """
CREATE OR REPLACE FUNCTION conversations_message_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP TRIGGER message_tallied_changed ON conversations_message;
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
DELETE FROM conversations_tallybook;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0010_listed_by_index")]

    operations = [
        migrations.AddField(
            model_name="tallyentry",
            name="channel",
            field=models.CharField(db_default="", default="", max_length=8),
        ),
        migrations.RunSQL(WITH_CHANNEL, WITHOUT_CHANNEL),
    ]
