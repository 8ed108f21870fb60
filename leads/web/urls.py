"""The URLs of the screens."""

from django.urls import path

from leads.web import assets, kiosks
from leads.web.add_lead import add
from leads.web.arrivals import arrived_event, rejected_event, source_page
from leads.web.calls import log, take_back
from leads.web.chat_editor import chat_draft, chat_edit, chat_restore, chat_undo
from leads.web.chat_list import chat_list, chat_new, chat_settings, chat_switch
from leads.web.chat_talks import chat_talk, chat_talks
from leads.web.chat_trial import chat_trial
from leads.web.companies import company_list, company_page
from leads.web.connectors import add_connector, connector_list, edit_connector, remove_one, renew_one, switch_one
from leads.web.dashboard import dashboard
from leads.web.deliveries import connector_page, delivery_page, replay_all_failed, replay_one, send_test
from leads.web.duplicates import dismiss, duplicate_list, duplicate_page, find_other, merge, reopen, undo
from leads.web.export import export
from leads.web.form_editor import edit_form
from leads.web.forms import add_form, blocked_list, copy, form_list, switch, take_in
from leads.web.import_mapping import import_columns
from leads.web.imports import (
    import_discard,
    import_go_on,
    import_list,
    import_page,
    import_problems,
    import_progress,
    import_start,
    import_stop,
    import_undo,
)
from leads.web.lead_list import lead_list
from leads.web.lead_page import lead_page, lead_timeline
from leads.web.links import add_link, archive, link_code, link_list, link_page, restore
from leads.web.mapping import mapping
from leads.web.queue import claim, queue, release
from leads.web.sources import new_source, rename, renew, source_list, switch_off, switch_on

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("leads/", lead_list, name="lead-list"),
    path("leads/add/", add, name="lead-add"),
    path("leads/export/", export, name="lead-export"),
    path("leads/<int:lead_id>/", lead_page, name="lead-page"),
    path("leads/<int:lead_id>/activity/", lead_timeline, name="lead-timeline"),
    path("leads/<int:lead_id>/claim/", claim, name="lead-claim"),
    path("leads/<int:lead_id>/release/", release, name="lead-release"),
    path("leads/<int:lead_id>/calls/add/", log, name="call-add"),
    path("leads/<int:lead_id>/calls/<int:event_id>/take-back/", take_back, name="call-take-back"),
    path("forms/", form_list, name="form-list"),
    path("forms/add/", add_form, name="form-add"),
    path("forms/<int:form_id>/", edit_form, name="form-edit"),
    path("forms/<int:form_id>/copy/", copy, name="form-copy"),
    path("forms/<int:form_id>/switch/", switch, name="form-switch"),
    path("forms/<int:form_id>/blocked/", blocked_list, name="form-blocked"),
    path("forms/<int:form_id>/blocked/<int:submission_id>/", take_in, name="form-take-in"),
    path("kiosks/", kiosks.kiosk_list, name="kiosk-list"),
    path("kiosks/<int:kiosk_id>/end/", kiosks.end, name="kiosk-end"),
    path("kiosks/<int:kiosk_id>/code.svg", kiosks.kiosk_code, name="kiosk-code"),
    path("kiosks/<int:kiosk_id>/", kiosks.kiosk_sheet, name="kiosk-sheet"),
    path("check-in/<slug:key>/", kiosks.poster, name="check-in-poster"),
    path("check-in/<slug:key>/code.svg", kiosks.poster_code, name="check-in-code"),
    path("leads/<int:lead_id>/merge/", find_other, name="merge-find"),
    path("duplicates/", duplicate_list, name="duplicate-list"),
    path("duplicates/<int:first_id>/<int:second_id>/", duplicate_page, name="duplicate-page"),
    path("duplicates/<int:first_id>/<int:second_id>/merge/", merge, name="duplicate-merge"),
    path("duplicates/<int:first_id>/<int:second_id>/dismiss/", dismiss, name="duplicate-dismiss"),
    path("duplicates/<int:first_id>/<int:second_id>/reopen/", reopen, name="duplicate-reopen"),
    path("duplicates/merges/<int:merge_id>/undo/", undo, name="merge-undo"),
    path("queue/", queue, name="queue"),
    path("assets/", assets.asset_list, name="asset-list"),
    path("assets/add/", assets.add_asset, name="asset-add"),
    path("assets/<int:asset_id>/", assets.asset_page, name="asset-page"),
    path("assets/<int:asset_id>/archive/", assets.archive, name="asset-archive"),
    path("assets/<int:asset_id>/restore/", assets.restore, name="asset-restore"),
    path("links/", link_list, name="link-list"),
    path("links/add/", add_link, name="link-add"),
    path("links/<int:link_id>/", link_page, name="link-page"),
    path("links/<int:link_id>/archive/", archive, name="link-archive"),
    path("links/<int:link_id>/restore/", restore, name="link-restore"),
    path("links/<int:link_id>/code.svg", link_code, name="link-code"),
    path("chat/", chat_list, name="chat-list"),
    path("chat/new/", chat_new, name="chat-new"),
    path("chat/conversations/", chat_talks, name="chat-talks"),
    path("chat/conversations/<uuid:public_id>/", chat_talk, name="chat-talk"),
    path("chat/<int:dialogue_id>/edit/", chat_edit, name="chat-edit"),
    path("chat/<int:dialogue_id>/draft/", chat_draft, name="chat-draft"),
    path("chat/<int:dialogue_id>/undo/", chat_undo, name="chat-undo"),
    path("chat/<int:dialogue_id>/restore/<int:number>/", chat_restore, name="chat-restore"),
    path("chat/<int:dialogue_id>/settings/", chat_settings, name="chat-settings"),
    path("chat/<int:dialogue_id>/switch/", chat_switch, name="chat-switch"),
    path("chat/<int:dialogue_id>/try/", chat_trial, name="chat-trial"),
    path("organizations/", company_list, name="company-list"),
    path("organizations/<int:organization_id>/", company_page, name="company-page"),
    path("sources/", source_list, name="source-list"),
    path("sources/add/", new_source, name="source-add"),
    path("sources/<int:source_id>/", source_page, name="source-page"),
    path("sources/<int:source_id>/events/<int:event_id>/", arrived_event, name="arrived-event"),
    path("sources/<int:source_id>/rejected/<int:rejected_id>/", rejected_event, name="rejected-event"),
    path("sources/<int:source_id>/rename/", rename, name="source-rename"),
    path("sources/<int:source_id>/off/", switch_off, name="source-off"),
    path("sources/<int:source_id>/on/", switch_on, name="source-on"),
    path("sources/<int:source_id>/renew-key/", renew, name="source-renew"),
    path("connectors/", connector_list, name="connector-list"),
    path("connectors/add/<slug:provider_key>/", add_connector, name="connector-add"),
    path("connectors/<int:connector_id>/", connector_page, name="connector-page"),
    path("connectors/<int:connector_id>/edit/", edit_connector, name="connector-edit"),
    path("connectors/<int:connector_id>/mapping/", mapping, name="connector-mapping"),
    path("connectors/<int:connector_id>/switch/", switch_one, name="connector-switch"),
    path("connectors/<int:connector_id>/renew/", renew_one, name="connector-renew"),
    path("connectors/<int:connector_id>/remove/", remove_one, name="connector-remove"),
    path("connectors/<int:connector_id>/test/", send_test, name="connector-test"),
    path("connectors/<int:connector_id>/replay/", replay_all_failed, name="connector-replay"),
    path("connectors/<int:connector_id>/deliveries/<int:delivery_id>/", delivery_page, name="delivery-page"),
    path("connectors/<int:connector_id>/deliveries/<int:delivery_id>/replay/", replay_one, name="delivery-replay"),
    path("imports/", import_list, name="import-list"),
    path("imports/<int:job_id>/", import_page, name="import-page"),
    path("imports/<int:job_id>/progress/", import_progress, name="import-progress"),
    path("imports/<int:job_id>/columns/", import_columns, name="import-columns"),
    path("imports/<int:job_id>/start/", import_start, name="import-start"),
    path("imports/<int:job_id>/stop/", import_stop, name="import-stop"),
    path("imports/<int:job_id>/go-on/", import_go_on, name="import-go-on"),
    path("imports/<int:job_id>/undo/", import_undo, name="import-undo"),
    path("imports/<int:job_id>/discard/", import_discard, name="import-discard"),
    path("imports/<int:job_id>/problems.csv", import_problems, name="import-problems"),
]
