"""Every family of endpoints the org serves."""

from __future__ import annotations

from localorg.server import (
    actions,
    apex_calls,
    apex_tests,
    composite,
    connect,
    control,
    describe,
    events,
    identity,
    layouts,
    lightning,
    lightning_login,
    limits,
    menus,
    oauth,
    passwords,
    processes,
    query,
    quick_actions,
    record_lists,
    records,
    replication,
    search,
    search_setup,
    soap,
    tooling,
    tree,
    versions,
)
from localorg.server import (
    lists as user_lists,
)
from localorg.server.analytics import dashboards, reports
from localorg.server.bulk1 import batches
from localorg.server.bulk1 import jobs as async_jobs
from localorg.server.bulk2 import ingest
from localorg.server.bulk2 import query as bulk_query
from localorg.server.metadata import rest as metadata_rest
from localorg.server.metadata import soap as metadata_soap
from localorg.server.routing import Routes
from localorg.server.ui_api import lists, object_info, record_ui, related_lists
from localorg.server.ui_api import records as ui_records

FAMILIES: list[Routes] = [
    oauth.routes,
    identity.routes,
    soap.routes,
    metadata_soap.routes,
    metadata_rest.routes,
    versions.routes,
    versions.resources,
    describe.routes,
    user_lists.routes,
    passwords.routes,
    records.routes,
    replication.routes,
    query.routes,
    record_lists.routes,
    composite.routes,
    tree.routes,
    search.routes,
    search_setup.routes,
    layouts.routes,
    quick_actions.routes,
    actions.routes,
    menus.routes,
    processes.routes,
    tooling.routes,
    events.routes,
    apex_tests.routes,
    apex_calls.routes,
    apex_calls.aura,
    apex_calls.rest,
    ui_records.routes,
    object_info.routes,
    record_ui.routes,
    lists.routes,
    related_lists.routes,
    reports.routes,
    dashboards.routes,
    limits.routes,
    connect.routes,
    lightning.routes,
    lightning_login.routes,
    bulk_query.routes,
    ingest.routes,
    async_jobs.routes,
    batches.routes,
    control.routes,
]
