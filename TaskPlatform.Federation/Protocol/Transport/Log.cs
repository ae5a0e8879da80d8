using Microsoft.Extensions.Logging;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>What the transport between members logs.</summary>
internal static partial class Log
{
    [LoggerMessage(3101, LogLevel.Warning, "A connection was refused: the certificate '{Subject}' is over a key that no other member of federation '{Federation}', epoch {Epoch}, has.")]
    public static partial void StrangerRefused(ILogger logger, string subject, string federation, ulong epoch);

    [LoggerMessage(3102, LogLevel.Warning, "A connection of member '{Member}' was refused: its certificate holds from {From:u} to {To:u}. It must make a new one over the same key.")]
    public static partial void ExpiredRefused(ILogger logger, string member, DateTime from, DateTime to);

    [LoggerMessage(3103, LogLevel.Warning, "{Method} {Path} of member '{Member}' was refused: {Reason}. {Detail}")]
    public static partial void MessageRefused(ILogger logger, string method, string? path, string? member, TransportReason reason, string detail);
}
