from django.db import migrations

# Each statement on conversations writes by how much the cells it touched have grown or shrunk, in its own transaction.
# Only inserts: two writers never wait for each other's counts. A change that leaves a row in its cell writes nothing.
CREATE = """
CREATE FUNCTION conversations_count_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
    SELECT a.workspace_id, k.campaign, a.cell, count(*), false
    FROM added a CROSS JOIN LATERAL (VALUES (0::bigint), (COALESCE(a.campaign_id, -1))) k(campaign)
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION conversations_count_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
    SELECT r.workspace_id, k.campaign, r.cell, -count(*), false
    FROM removed r CROSS JOIN LATERAL (VALUES (0::bigint), (COALESCE(r.campaign_id, -1))) k(campaign)
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION conversations_count_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
    SELECT c.workspace_id, k.campaign, c.cell, sum(c.n), false
    FROM (
        SELECT workspace_id, campaign_id, cell, 1 AS n FROM added
        UNION ALL
        SELECT workspace_id, campaign_id, cell, -1 FROM removed
    ) c CROSS JOIN LATERAL (VALUES (0::bigint), (COALESCE(c.campaign_id, -1))) k(campaign)
    GROUP BY 1, 2, 3
    HAVING sum(c.n) <> 0;
    RETURN NULL;
END $$;

-- TRUNCATE tells nobody which rows it took: all of them.
CREATE FUNCTION conversations_count_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM conversations_facet;
    RETURN NULL;
END $$;

CREATE TRIGGER conversations_count_added AFTER INSERT ON conversations_conversation
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION conversations_count_added();
CREATE TRIGGER conversations_count_removed AFTER DELETE ON conversations_conversation
REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION conversations_count_removed();
CREATE TRIGGER conversations_count_changed AFTER UPDATE ON conversations_conversation
REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION conversations_count_changed();
CREATE TRIGGER conversations_count_emptied AFTER TRUNCATE ON conversations_conversation
FOR EACH STATEMENT EXECUTE FUNCTION conversations_count_emptied();

-- What stands there already.
INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
SELECT c.workspace_id, k.campaign, c.cell, count(*), true
FROM conversations_conversation c CROSS JOIN LATERAL (VALUES (0::bigint), (COALESCE(c.campaign_id, -1))) k(campaign)
GROUP BY 1, 2, 3;
"""

DROP = """
DROP TRIGGER conversations_count_added ON conversations_conversation;
DROP TRIGGER conversations_count_removed ON conversations_conversation;
DROP TRIGGER conversations_count_changed ON conversations_conversation;
DROP TRIGGER conversations_count_emptied ON conversations_conversation;
DROP FUNCTION conversations_count_added();
DROP FUNCTION conversations_count_removed();
DROP FUNCTION conversations_count_changed();
DROP FUNCTION conversations_count_emptied();
DELETE FROM conversations_facet;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_message_edges")]

    operations = [migrations.RunSQL(CREATE, DROP)]
