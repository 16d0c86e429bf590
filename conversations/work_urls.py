"""Addresses of lists of work, bulk actions, new conversations and exports, under /w/<slug>/."""

from django.urls import path

from conversations.views import bulk, exports, keeping, quick, starting, tagging, work

urlpatterns = [
    path("new/", starting.new, name="new_conversation"),
    path("quick-send/", quick.quick_send, name="quick_send"),
    path("quick-send/reach/", quick.quick_reach, name="quick_reach"),
    path("quick-send/check/", quick.quick_check, name="quick_check"),
    path("quick-send/when/", quick.quick_when, name="quick_when"),
    path("tasks/", work.tasks, name="tasks"),
    path("tasks/add/", work.add_task, name="task_add"),
    path("tasks/<slug:public_id>/done/", work.finish_task, name="task_done"),
    path("tasks/<slug:public_id>/reopen/", work.reopen_task, name="task_reopen"),
    path("drafts/<slug:public_id>/", work.draft, name="draft"),
    path("bulk/", bulk.actions, name="bulk_actions"),
    path("bulk/start/", bulk.start, name="bulk_start"),
    path("bulk/<slug:public_id>/", bulk.action, name="bulk_action"),
    path("bulk/<slug:public_id>/progress/", bulk.progress, name="bulk_progress"),
    path("bulk/<slug:public_id>/undo/", bulk.undo, name="bulk_undo"),
    path("bulk/<slug:public_id>/stop/", bulk.stop, name="bulk_stop"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<slug:public_id>/", exports.export, name="export"),
    path("exports/<slug:public_id>/progress/", exports.export_progress, name="export_progress"),
    path("exports/<slug:public_id>/file/", exports.export_file, name="export_file"),
    path("imessages/<slug:public_id>/archive/", keeping.archive, name="conversation_archive"),
    path("imessages/<slug:public_id>/unarchive/", keeping.unarchive, name="conversation_unarchive"),
    path("imessages/<slug:public_id>/tag/", tagging.tag, name="conversation_tag"),
    path("imessages/<slug:public_id>/delete/", keeping.delete, name="conversation_delete"),
    path("imessages/<slug:public_id>/follow-up/", work.follow_up, name="conversation_follow_up"),
    path("imessages/<slug:public_id>/draft-for-approval/", work.write_draft, name="conversation_write_draft"),
    path("imessages/<slug:public_id>/export/", exports.conversation, name="conversation_export"),
]
