namespace TaskPlatform.Api.Queues;

/// <summary>
/// The name under which a process owns queues. A process that comes back under the same name takes its queues over at once, so
/// no two living processes may share one.
/// </summary>
internal static class InstanceName
{
    /// <summary>
    /// <c>Queues:Instance</c> where it is set; else the machine and the port that is listened on, which only one process can hold. A port that the
    /// system chooses names nothing: then the name is made up, and the queues come back when the lease of the last owner has passed.
    /// </summary>
    public static string From(IConfiguration configuration)
    {
        if (configuration["Queues:Instance"] is { Length: > 0 } name) return name;
        var url = configuration["urls"]?.Split(';')[0];
        var port = url is null ? DefaultPort : BindingAddress.Parse(url).Port;
        return $"{Environment.MachineName}:{(port == 0 ? Guid.NewGuid().ToString("N") : port)}";
    }

    private const int DefaultPort = 5380;
}
