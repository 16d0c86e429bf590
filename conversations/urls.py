"""Addresses of conversations, under /w/<slug>/."""

from django.urls import path

from conversations.views import attachments, live, marks, merging, pages, replies

urlpatterns = [
    path("imessages/", pages.imessages, name="imessages"),
    path("imessages/rows/", pages.rows, name="imessages_rows"),
    path("imessages/<slug:public_id>/", pages.conversation, name="conversation"),
    path("imessages/<slug:public_id>/details/", pages.conversation, {"pane": "details"}, name="conversation_details"),
    path("imessages/<slug:public_id>/messages/", pages.messages, name="conversation_messages"),
    path("imessages/<slug:public_id>/context/", pages.context, name="conversation_context"),
    path("imessages/<slug:public_id>/reply/", replies.reply, name="conversation_reply"),
    path("imessages/<slug:public_id>/seen/", marks.seen, name="conversation_seen"),
    path("imessages/<slug:public_id>/handled/", marks.handled, name="conversation_handled"),
    path("imessages/<slug:public_id>/opt-out/", marks.opt_out, name="conversation_opt_out"),
    path("imessages/<slug:public_id>/opt-in/", marks.opt_in, name="conversation_opt_in"),
    path("imessages/<slug:public_id>/typing/", marks.typing, name="conversation_typing"),
    path("messages/<slug:public_id>/retry/", replies.retry, name="message_retry"),
    path("messages/<slug:public_id>/cancel/", replies.cancel, name="message_cancel"),
    path("messages/<slug:public_id>/react/", marks.react, name="message_react"),
    path("leads/<slug:public_id>/conversations/", pages.lead_conversations, name="lead_conversations"),
    path("leads/<slug:public_id>/merge/", merging.lead_merge, name="lead_merge"),
    path("imessages/<slug:public_id>/save/", merging.save_as_lead, name="conversation_save"),
    path("companies/<slug:public_id>/conversations/", pages.company_conversations, name="company_conversations"),
    path("attachments/<slug:public_id>/", attachments.attachment, name="attachment"),
    path("live/", live.live, name="live"),
]
