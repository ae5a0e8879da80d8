using Microsoft.Extensions.Logging;

namespace TaskPlatform.ServiceDefaults;

internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Warning, "Health turned red. {Reasons}")]
    public static partial void HealthTurnedRed(ILogger logger, string reasons);

    [LoggerMessage(4002, LogLevel.Information, "Health turned green.")]
    public static partial void HealthTurnedGreen(ILogger logger);
}
