"""Writing to anybody and to many, what was written, and texts written once."""

from django.urls import path

from conversations.views import batch_drafts, batches, canned, log, quick, scheduled, starting

urlpatterns = [
    path("settings/canned/", canned.canned_responses, name="canned_responses"),
    path("settings/canned/add/", canned.canned_add, name="canned_add"),
    path("settings/canned/<slug:public_id>/", canned.canned_edit, name="canned_edit"),
    path("settings/canned/<slug:public_id>/remove/", canned.canned_remove, name="canned_remove"),
    path("new/", starting.new, name="new_conversation"),
    path("messages/", log.messages_log, name="messages_log"),
    path("messages/export.csv", log.messages_csv, name="messages_csv"),
    path("messages/scheduled/", scheduled.scheduled, name="scheduled"),
    path("messages/<slug:public_id>/change/", scheduled.message_change, name="message_change"),
    path("messages/<slug:public_id>/when/", scheduled.message_when, name="message_when"),
    path("messages/<slug:public_id>/cancel-scheduled/", scheduled.scheduled_cancel, name="scheduled_cancel"),
    path("batches/", batches.batches, name="batches"),
    path("batches/start/", batch_drafts.batch_start, name="batch_start"),
    path("batches/<slug:public_id>/", batches.batch, name="batch"),
    path("batches/<slug:public_id>/write/", batch_drafts.batch_write, name="batch_write"),
    path("batches/<slug:public_id>/preview/", batch_drafts.batch_preview, name="batch_preview"),
    path("batches/<slug:public_id>/review/", batch_drafts.batch_review, name="batch_review"),
    path("batches/<slug:public_id>/check/", batch_drafts.batch_check, name="batch_check"),
    path("batches/<slug:public_id>/progress/", batches.batch_progress, name="batch_progress"),
    path("batches/<slug:public_id>/<slug:step>/", batches.batch_step, name="batch_step"),
    path("quick-send/", quick.quick_send, name="quick_send"),
    path("quick-send/reach/", quick.quick_reach, name="quick_reach"),
    path("quick-send/check/", quick.quick_check, name="quick_check"),
    path("quick-send/when/", quick.quick_when, name="quick_when"),
]
