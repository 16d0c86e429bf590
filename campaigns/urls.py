"""URLs of campaigns, under /w/<slug>/. Words come before ids, which have twelve letters."""

from django.urls import path

from campaigns.views import control, editor, enrol, lists, page, publishing

urlpatterns = [
    path("campaigns/", lists.campaigns, name="campaigns"),
    path("campaigns/new/", lists.new, name="campaign_new"),
    path("campaigns/<slug:public_id>/", page.campaign, name="campaign"),
    path("campaigns/<slug:public_id>/settings/", page.campaign_settings, name="campaign_settings"),
    path("campaigns/<slug:public_id>/delete/", control.campaign_delete, name="campaign_delete"),
    path("campaigns/<slug:public_id>/launch/", control.campaign_launch, name="campaign_launch"),
    path("campaigns/<slug:public_id>/start/", control.campaign_start, name="campaign_start"),
    path("campaigns/<slug:public_id>/ask/", control.campaign_ask, name="campaign_ask"),
    path("campaigns/<slug:public_id>/approve/", control.campaign_approve, name="campaign_approve"),
    path("campaigns/<slug:public_id>/check/", control.campaign_check, name="campaign_check"),
    path("campaigns/<slug:public_id>/pause/", control.campaign_pause, name="campaign_pause"),
    path("campaigns/<slug:public_id>/resume/", control.campaign_resume, name="campaign_resume"),
    path("campaigns/<slug:public_id>/stop/", control.campaign_stop, name="campaign_stop"),
    path("campaigns/<slug:public_id>/edit/", editor.campaign_edit, name="campaign_edit"),
    path("campaigns/<slug:public_id>/edit/add/", editor.step_add, name="step_add"),
    path("campaigns/<slug:public_id>/edit/undo/", editor.edit_undo, name="edit_undo"),
    path("campaigns/<slug:public_id>/edit/discard/", editor.edit_discard, name="edit_discard"),
    path("campaigns/<slug:public_id>/edit/<slug:key>/save/", editor.step_save, name="step_save"),
    path("campaigns/<slug:public_id>/edit/<slug:key>/move/", editor.step_move, name="step_move"),
    path("campaigns/<slug:public_id>/edit/<slug:key>/duplicate/", editor.step_duplicate, name="step_duplicate"),
    path("campaigns/<slug:public_id>/edit/<slug:key>/delete/", editor.step_delete, name="step_delete"),
    path("campaigns/<slug:public_id>/edit/<slug:key>/preview/", editor.step_preview, name="step_preview"),
    path("campaigns/<slug:public_id>/publish/", publishing.campaign_publish, name="campaign_publish"),
    path("campaigns/<slug:public_id>/enrol/", enrol.campaign_enrol, name="campaign_enrol"),
    path("enrol/", enrol.enrol, name="enrol"),
    path("enrol/<slug:public_id>/", enrol.enrol_run, name="enrol_run"),
    path("enrol/<slug:public_id>/progress/", enrol.enrol_run_progress, name="enrol_run_progress"),
    path("enrolments/<slug:public_id>/<slug:step>/", control.enrolment_step, name="enrolment_step"),
]
