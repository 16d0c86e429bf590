"""Addresses of leads, companies, labels and imports, under /w/<slug>/. Words come before ids, which have twelve letters."""

from django.urls import path

from leads.views import company, imports, labels, lead, lists, table

urlpatterns = [
    path("leads/", table.leads, name="leads"),
    path("leads/bulk/", table.bulk, name="leads_bulk"),
    path("leads/add/", lead.add, name="lead_add"),
    path("leads/labels/", labels.label_list, name="labels"),
    path("leads/labels/save/", labels.save, name="label_save"),
    path("leads/labels/remove/", labels.remove, name="label_remove"),
    path("leads/lists/", lists.contact_lists, name="contact_lists"),
    path("leads/lists/save/", lists.save, name="contact_list_save"),
    path("leads/lists/<slug:public_id>/delete/", lists.delete, name="contact_list_delete"),
    path("leads/import/", imports.imports, name="imports"),
    path("leads/import/upload/", imports.upload, name="import_upload"),
    path("leads/import/<slug:public_id>/", imports.import_run, name="import_run"),
    path("leads/import/<slug:public_id>/progress/", imports.progress, name="import_progress"),
    path("leads/import/<slug:public_id>/columns/", imports.columns, name="import_columns"),
    path("leads/import/<slug:public_id>/encoding/", imports.encoding, name="import_encoding"),
    path("leads/import/<slug:public_id>/rows.csv", imports.problems, name="import_problems"),
    path("leads/import/<slug:public_id>/<slug:step>/", imports.step, name="import_step"),
    path("leads/<slug:public_id>/", lead.lead, name="lead"),
    path("leads/<slug:public_id>/edit/", lead.edit, name="lead_edit"),
    path("leads/<slug:public_id>/exclude/", lead.exclude, name="lead_exclude"),
    path("leads/<slug:public_id>/include/", lead.include, name="lead_include"),
    path("companies/", company.companies, name="companies"),
    path("companies/<slug:public_id>/", company.company, name="company"),
    path("companies/<slug:public_id>/edit/", company.edit, name="company_edit"),
    path("companies/<slug:public_id>/exclude/", company.exclude, name="company_exclude"),
    path("companies/<slug:public_id>/include/", company.include, name="company_include"),
]
