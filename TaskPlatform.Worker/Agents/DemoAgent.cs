using TaskPlatform.Client;

namespace TaskPlatform.Worker.Agents;

/// <summary>The section <c>Agent</c>, for the role <c>demo</c>.</summary>
internal sealed class DemoOptions
{
    internal const string Section = "Agent";

    /// <summary>The node that it works at, as results name it.</summary>
    public string Node { get; set; } = "local";

    /// <summary>How many tasks it works on at once, 1 to 1000.</summary>
    public int Slots { get; set; } = 4;
}

/// <summary>What a demonstration's task says.</summary>
/// <param name="Milliseconds">How long to work.</param>
internal sealed record DemoWork(int Milliseconds);

/// <summary>Who did it.</summary>
/// <param name="Node">Where.</param>
/// <param name="Agent">Which agent of the node.</param>
/// <param name="StartedAt">When it began, by its own clock.</param>
internal sealed record DemoDone(string Node, string Agent, DateTimeOffset StartedAt);

/// <summary>Works for as long as the task says, without doing anything: it shows where tasks go.</summary>
internal sealed class DemoAgent(DemoOptions options, TimeProvider time) : ITaskHandler<DemoWork, DemoDone>
{
    /// <summary>The tasks that it takes.</summary>
    internal const string Type = "demo";

    /// <summary>The same, under a name that no node of a demonstration hands to others.</summary>
    internal const string LocalType = "demo-local";

    private const int LongestMilliseconds = 60_000;
    private const int Reports = 4;

    /// <inheritdoc/>
    public async Task<DemoDone> HandleAsync(DemoWork input, TaskContext context, CancellationToken cancellationToken)
    {
        if (input.Milliseconds is < 1 or > LongestMilliseconds)
            throw new TaskFailedException("invalid-payload", $"milliseconds is {input.Milliseconds}. Give 1 to {LongestMilliseconds}.", retryable: false);
        var (startedAt, began) = (time.GetUtcNow(), time.GetTimestamp());
        for (var report = 0; report < Reports; report++)
        {
            await context.ReportProgressAsync((double)report / Reports, $"at {options.Node}", cancellationToken);
            // What the report took is part of the work.
            var left = TimeSpan.FromMilliseconds(input.Milliseconds) * (report + 1) / Reports - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
        }
        return new DemoDone(options.Node, Type, startedAt);
    }
}

/// <summary>Adds the agent to its process.</summary>
internal static class DemoAgentExtensions
{
    private const string Queue = "default";

    /// <summary>Adds it, with the settings of the section <c>Agent</c>.</summary>
    /// <exception cref="InvalidOperationException">One is out of its range.</exception>
    public static void AddDemoAgent(this IHostApplicationBuilder builder, string role)
    {
        var options = builder.Configuration.GetSection(DemoOptions.Section).Get<DemoOptions>() ?? new DemoOptions();
        if (options.Slots is < 1 or > 1000)
            throw new InvalidOperationException($"Agent:Slots is {options.Slots}. Set it (or the variable Agent__Slots) to 1 to 1000.");
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddAgent(o => (o.AgentId, o.Queue, o.MaxConcurrency) = (role, Queue, options.Slots))
            .AddHandler<DemoWork, DemoDone, DemoAgent>(DemoAgent.Type).AddHandler<DemoWork, DemoDone, DemoAgent>(DemoAgent.LocalType);
    }
}
