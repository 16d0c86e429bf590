"""What is to be done: tasks, drafts to approve, bulk actions and exports."""

from django.urls import path

from conversations.views import bulk, exports, work

urlpatterns = [
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
]
