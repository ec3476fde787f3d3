"""`/limits` and `/limits/recordCount`."""

from __future__ import annotations

from typing import Any

from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/limits")
UNTOUCHED = {
    "ActiveScratchOrgs": 40,
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyDeliveredPlatformEvents": 25_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryOptimizationJobRuns": 25,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 235_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyScratchOrgs": 80,
    "DailyStandardVolumePlatformEvents": 25_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DurableStreamingApiConcurrentClients": 20,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 20_000,
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1_500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 20,
}
CUSTOM_PERMISSION_SETS = 1_000


@routes.on("GET", "")
def limits(call: Call) -> Reply:
    usage = call.runtime.usage
    shown: dict[str, Any] = {name: {"Max": most, "Remaining": most} for name, most in UNTOUCHED.items()}
    shown["PermissionSets"] |= {"CreateCustom": {"Max": CUSTOM_PERMISSION_SETS, "Remaining": CUSTOM_PERMISSION_SETS}}
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
