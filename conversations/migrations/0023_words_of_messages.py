"""What a word of a message is, said by us and not by PostgreSQL's parser.

To that parser, which in the C locale takes every character beyond ASCII for a letter, “pricing” and its quotes are one word, as are
two words around a dash, and an address of a mail or a page is one that none of its parts finds. `conversations.inbox.sought`
has the same classes of characters and says what they are.

Most messages hold nothing that the parser could misread, which costs less to find out than to take them apart.
"""

from __future__ import annotations

from typing import Final

from django.db import migrations

LATIN: Final = r"0-9A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0300-\u036f\u1e00-\u1eff\u2c60-\u2c7f"
BREAKS: Final = (
    r"\u0001-\u002f:-@\[-`{-\u00a9\u00ab-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb"
    r"\ufe00-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U000e0fff"
)
MISREAD: Final = r"[^\u0001-;=-\u007f]|[^[:space:]0-9A-Za-z][0-9A-Za-z]"
"""Anything beyond ASCII, what may be a tag, and a mark right before a letter or digit."""

BETWEEN: Final = f"[{BREAKS}]+|(?<=[{LATIN}])(?=[^{LATIN}{BREAKS}])|(?<=[^{LATIN}{BREAKS}])(?=[{LATIN}])"

WORDS: Final = f"""
CREATE FUNCTION conversations_words(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(
        'simple'::regconfig, CASE WHEN body ~ '{MISREAD}' THEN regexp_replace(body, '{BETWEEN}', ' ', 'g') ELSE body END
    )
$$;
DROP INDEX message_words;
CREATE INDEX message_words ON conversations_message USING gin (conversations_words(body));
ALTER INDEX message_words ALTER COLUMN 1 SET STATISTICS 2000;
"""

COUNTED: Final = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM conversations_message) THEN ANALYZE conversations_message; END IF;
END $$;
"""
"""Searches go by estimates. An empty table is left alone: it would be planned for as empty until the next time."""

NO_WORDS: Final = """
DROP INDEX message_words;
CREATE INDEX message_words ON conversations_message USING gin (to_tsvector('simple', body));
ALTER INDEX message_words ALTER COLUMN 1 SET STATISTICS 2000;
DROP FUNCTION conversations_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0022_texts_by_step")]

    operations = [migrations.RunSQL(WORDS, NO_WORDS), migrations.RunSQL(COUNTED, migrations.RunSQL.noop)]
