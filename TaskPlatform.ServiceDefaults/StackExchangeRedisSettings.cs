namespace Aspire.StackExchange.Redis;

/// <summary>How <c>AddRedisClient</c> connects. Stand-in for the type of the same name in Aspire.StackExchange.Redis.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>StackExchange.Redis's comma-separated configuration string, such as <c>localhost:6379,password=…</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Leaves out the health check <c>StackExchange.Redis</c>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>
    /// Has no effect here: the stand-in makes no spans for Redis commands, because the instrumentation that Aspire uses for it is
    /// not available where the stand-in is. The platform's own spans cover each batch that it writes.
    /// </summary>
    public bool DisableTracing { get; set; }

    /// <summary>True, the default, connects on first use; false connects while the host starts.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
