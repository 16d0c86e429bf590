from django.db import migrations

# The app's role has no right to change entries (config.grants). This holds for the owner too, who can grant himself anything:
# a change needs a migration that says so. Only the removal of a whole workspace passes, when it is announced by
#   select set_config('switchboard.removing_workspace', '<id>', true)
# in the same transaction.
FORWARD = """
create function workspaces_audit_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
       and nullif(current_setting('switchboard.removing_workspace', true), '') = old.workspace_id::text then
        return old;
    end if;
    raise exception 'Audit entries are written once: % refused.', lower(tg_op)
        using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_append_only before update or delete on workspaces_auditentry
    for each row execute function workspaces_audit_append_only();
"""
BACKWARD = """
drop trigger audit_append_only on workspaces_auditentry;
drop function workspaces_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
