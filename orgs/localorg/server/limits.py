"""`/limits` and `/limits/recordCount`."""

from __future__ import annotations

from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/limits")
UNTOUCHED = {
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyStandardVolumePlatformEvents": 25_000,
    "DailyDeliveredPlatformEvents": 25_000,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyPublishedPlatformEvents": 250_000,
    "SingleEmail": 5_000,
}


@routes.on("GET", "")
def limits(call: Call) -> Reply:
    usage = call.runtime.usage
    shown = {name: {"Max": most, "Remaining": most} for name, most in UNTOUCHED.items()}
    shown["DailyApiRequests"] = {"Max": usage.limit, "Remaining": max(0, usage.limit - usage.used)}
    jobs = call.runtime.jobs.created_today("query")
    most = UNTOUCHED["DailyBulkV2QueryJobs"]
    shown["DailyBulkV2QueryJobs"] = {"Max": most, "Remaining": max(0, most - jobs)}
    published = call.runtime.org.events.published_last_hour()
    most = UNTOUCHED["HourlyPublishedPlatformEvents"]
    shown["HourlyPublishedPlatformEvents"] = {"Max": most, "Remaining": max(0, most - published)}
    size = call.runtime.org.bytes_stored() // (1024 * 1024)
    shown["DataStorageMB"] = {"Max": 1_048_576, "Remaining": max(0, 1_048_576 - size)}
    shown["FileStorageMB"] = {"Max": 1_048_576, "Remaining": 1_048_576}
    return Reply(dict(sorted(shown.items())))


@routes.on("GET", "/recordCount")
def record_count(call: Call) -> Reply:
    """Objects without rows are left out, as on the platform."""
    asked = [name.strip() for name in call.query.get("sObjects", "").split(",") if name.strip()]
    counts = call.session.record_counts(asked)
    return Reply({"sObjects": [{"count": count, "name": name} for name, count in counts.items()]})
