using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Lifecycle;

/// <summary>What measurements of lives can be told on the command line.</summary>
internal abstract class LifecycleSettings : StreamAgentsSettings
{
    /// <summary>How many lives.</summary>
    [CommandOption("--tasks")]
    [Description("How many tasks of 256 bytes are submitted, taken and completed.")]
    [DefaultValue(100_000)]
    public int Tasks { get; init; } = 100_000;

    /// <summary>How many before the clock starts.</summary>
    [CommandOption("--warm-up")]
    [Description("How many tasks come before those that count: 0 measures the first tasks after a start.")]
    [DefaultValue(100_000)]
    public int WarmUp { get; init; } = 100_000;

    /// <summary>Handlers instead of streams alone.</summary>
    [CommandOption("--handlers")]
    [Description("Agents as their authors write them, AddAgent with a handler, instead of the client's streams alone.")]
    public bool IsHandled { get; init; }

    /// <summary>Over HTTP.</summary>
    [CommandOption("--http")]
    [Description("Over HTTP/JSON instead of streams; --agents, --credit and --handlers then mean nothing.")]
    public bool IsHttp { get; init; }

    /// <summary>How many callers.</summary>
    [CommandOption("--connections")]
    [Description("With --http: how many callers, each with a connection of its own. One half submits, the other claims and completes in another process.")]
    [DefaultValue(64)]
    public int Connections { get; init; } = 64;

    /// <summary>How many tasks in a call.</summary>
    [CommandOption("--batch")]
    [Description("With --http: how many tasks a call submits, claims or completes. 1 uses the calls for one task, one call a step.")]
    [DefaultValue(1)]
    public int Batch { get; init; } = 1;

    /// <summary>What these settings ask for.</summary>
    public LifecyclePlan Plan => (IsQuick ? LifecyclePlan.Quick : new LifecyclePlan(Tasks, WarmUp, Agents, Credit)) with
    {
        IsHandled = IsHandled,
        Http = IsHttp ? new HttpPlan(Connections, Batch) : null,
    };

    public override ValidationResult Validate()
    {
        if (Tasks is < 1 or > 100_000_000) return ValidationResult.Error("--tasks: 1 to 100,000,000.");
        if (WarmUp is < 0 or > 100_000_000) return ValidationResult.Error("--warm-up: 0 to 100,000,000.");
        if (Connections is < 2 or > 1_000 || Connections % 2 != 0) return ValidationResult.Error("--connections: 2 to 1,000, an even number.");
        return Batch is < 1 or > 1_000 ? ValidationResult.Error("--batch: 1 to 1,000.") : base.Validate();
    }
}
