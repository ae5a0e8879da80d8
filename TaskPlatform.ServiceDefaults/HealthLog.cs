using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace TaskPlatform.ServiceDefaults;

/// <summary>Says once that health turned red, and once that it turned green again, however often it is asked for.</summary>
internal sealed class HealthLog(ILogger<HealthLog> logger)
{
    private int _isRed;

    /// <summary>To be told each report.</summary>
    public void Note(HealthReport report)
    {
        var isRed = report.Status != HealthStatus.Healthy;
        if ((Interlocked.Exchange(ref _isRed, isRed ? 1 : 0) == 1) == isRed) return;
        if (isRed) Log.HealthTurnedRed(logger, string.Join(' ', report.Entries.Where(IsRed).Select(entry => $"{entry.Key}: {HealthEndpoints.Describe(entry.Value)}")));
        else Log.HealthTurnedGreen(logger);
    }

    private static bool IsRed(KeyValuePair<string, HealthReportEntry> entry) => entry.Value.Status != HealthStatus.Healthy;
}
