"""URLs of accounts, workspaces and their settings. Everything of a workspace is under /w/<slug>/."""

from django.urls import include, path

from workspaces.views import account, consent, front, hours, joining, members, settings, tokens

settings_urls = [
    path("", settings.settings, name="settings"),
    path("general/", settings.general, name="general"),
    path("members/", members.members, name="members"),
    path("members/<str:public_id>/role/", members.change_role, name="change_role"),
    path("members/<str:public_id>/switches/", members.member_switches, name="member_switches"),
    path("members/<str:public_id>/remove/", members.remove_member, name="remove_member"),
    path("invitations/", members.invite, name="invite"),
    path("invitations/<str:public_id>/resend/", members.resend_invitation, name="resend_invitation"),
    path("invitations/<str:public_id>/revoke/", members.revoke_invitation, name="revoke_invitation"),
    path("consent/", consent.consent_settings, name="consent_settings"),
    path("hours/", hours.working_hours, name="working_hours"),
    path("hours/<str:public_id>/", hours.working_hours, name="working_hours_of"),
    path("tokens/", tokens.api_tokens, name="api_tokens"),
    path("tokens/<str:public_id>/revoke/", tokens.revoke_api_token, name="revoke_api_token"),
    path("audit/", settings.audit_log, name="audit_log"),
]

urlpatterns = [
    path("", front.home, name="home"),
    path("workspaces/", front.workspaces, name="workspaces"),
    path("join/", joining.join, name="join"),
    path("join/<str:token>/", joining.open_invitation, name="open_invitation"),
    path("account/", account.account, name="account"),
    path("account/devices/", account.devices, name="devices"),
    path("account/devices/end-others/", account.end_other_devices, name="end_other_devices"),
    path("account/devices/<str:public_id>/end/", account.end_device, name="end_device"),
    path("account/", include("workspaces.signin_urls")),
    path("w/<slug:slug>/", front.workspace, name="workspace"),
    path("w/<slug:slug>/settings/", include(settings_urls)),
]
