"""The Console, the Not Delivered workbench and the reports."""

from django.urls import path

from conversations.console import views as console
from conversations.reports import views as reports
from conversations.workbench import pressed
from conversations.workbench import views as workbench

urlpatterns = [
    path("console/", console.page, name="console"),
    path("console/live/", console.refreshed, name="console_live"),
    path("console/executions/<slug:public_id>/", console.execution, name="execution"),
    path("console/not-delivered/", workbench.workbench, name="workbench"),
    path("console/not-delivered/fix/", pressed.fix, name="workbench_fix"),
    path("console/not-delivered/<slug:public_id>/", workbench.failure, name="failure"),
    path("console/not-delivered/<slug:public_id>/fix/", pressed.fix_one, name="failure_fix"),
    path("console/not-delivered/<slug:public_id>/reopen/", pressed.reopen, name="failure_reopen"),
    path("console/repairs/<slug:public_id>/", workbench.repair, name="repair"),
    path("console/repairs/<slug:public_id>/progress/", workbench.repair_progress, name="repair_progress"),
    path("reports/", reports.reports, name="reports"),
    path("reports/rows/", reports.report_rows, name="report_rows"),
    path("reports/csv/", reports.report_csv, name="report_csv"),
    path("leads/<slug:public_id>/executions/", console.lead_executions, name="lead_executions"),
]
