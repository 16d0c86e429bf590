from django.db import migrations

# As for the audit trail (workspaces 0002): entries are written once, whoever asks. Only the removal of a whole workspace passes,
# when it is announced in the same transaction by  select set_config('switchboard.removing_workspace', '<id>', true)
FORWARD = """
create function leads_consent_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
       and nullif(current_setting('switchboard.removing_workspace', true), '') = old.workspace_id::text then
        return old;
    end if;
    raise exception 'The consent ledger is written once: % refused.', lower(tg_op)
        using errcode = 'insufficient_privilege';
end
$$;
create trigger consent_append_only before update or delete on leads_consentevent
    for each row execute function leads_consent_append_only();
"""
BACKWARD = """
drop trigger consent_append_only on leads_consentevent;
drop function leads_consent_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
