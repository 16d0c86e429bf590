"""URLs of lines, under /w/<slug>/."""

from django.urls import path

from lines import limit_views, views

urlpatterns = [
    path("lines/", views.lines, name="lines"),
    path("lines/add/", views.add, name="line_add"),
    path("lines/<slug:public_id>/", views.line, name="line"),
    path("lines/<slug:public_id>/edit/", views.edit, name="line_edit"),
    path("lines/<slug:public_id>/remove/", views.remove, name="line_remove"),
    path("lines/<slug:public_id>/check/", views.check, name="line_check"),
    path("lines/<slug:public_id>/pause/", views.pause, name="line_pause"),
    path("lines/<slug:public_id>/rest/", views.rest, name="line_rest"),
    path("lines/<slug:public_id>/wake/", views.wake, name="line_wake"),
    path("settings/limits/", limit_views.limits, name="limits"),
    path("settings/limits/change/", limit_views.change_limits, name="change_limits"),
    path("lines/<slug:public_id>/resume/", views.resume, name="line_resume"),
]
