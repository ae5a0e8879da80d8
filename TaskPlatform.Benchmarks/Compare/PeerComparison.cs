using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Latency;
using TaskPlatform.Benchmarks.Lifecycle;
using TaskPlatform.Benchmarks.Peers;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Compare;

/// <summary>Ours and a peer, each as its own command has it where nothing is said.</summary>
internal abstract class PeerComparison : CompareCommand<PeerComparison.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : PeerSettings, ICompareSettings
    {
        /// <summary>How often.</summary>
        [CommandOption("--rounds")]
        [Description(RoundsDescription)]
        [DefaultValue(3)]
        public int Rounds { get; init; } = 3;

        /// <summary>Our lives.</summary>
        [CommandOption("--our-tasks")]
        [Description("How many lives of ours count: more than --tasks, the peer's, so that both are looked at for some seconds. As many come before.")]
        [DefaultValue(100_000)]
        public int OurTasks { get; init; } = 100_000;

        /// <summary>Our agents.</summary>
        [CommandOption("--handlers")]
        [Description("Our agents as their authors write them, AddAgent with a handler, instead of the client's streams alone. Latency is measured so in any case.")]
        public bool IsHandled { get; init; }

        /// <summary>Our lives.</summary>
        public LifecyclePlan Lives => (IsQuick ? LifecyclePlan.Quick : LifecyclePlan.Default with { Tasks = OurTasks, WarmUp = OurTasks }) with
        {
            IsHandled = IsHandled,
        };

        /// <summary>Our latency, at the peer's rate and as often; null where it is not asked for.</summary>
        public LatencyPlan? Latency => Plan.Timed == 0 ? null : (IsQuick ? LatencyPlan.Quick : LatencyPlan.Default) with { Rate = Plan.Rate, Timed = Plan.Timed };

        public override ValidationResult Validate() =>
            OurTasks is < 1 or > 10_000_000 ? ValidationResult.Error("--our-tasks: 1 to 10,000,000.") : base.Validate();
    }

    protected sealed override string One => "ours";

    protected sealed override async Task<MeasurementResult> MeasureOneAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var lives = await LifecycleMeasurement.RunAsync(settings.Lives, redis, progress);
        if (settings.Latency is not { } plan) return lives;
        var latency = await LatencyMeasurement.RunAsync(plan, redis, progress, cancellationToken);
        return lives with { Latency = latency.Latency, Acknowledged = latency.Acknowledged };
    }
}

/// <summary>Ours and BullMQ.</summary>
internal sealed class BullMqComparison : PeerComparison
{
    private const int Workers = 4;
    private const int Concurrency = 100;

    protected override string Other => "BullMQ";

    protected override Task<MeasurementResult> MeasureOtherAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        BullMqMeasurement.RunAsync(settings.Plan, Workers, Concurrency, redis, progress, cancellationToken);
}

/// <summary>Ours and Hangfire.</summary>
internal sealed class HangfireComparison : PeerComparison
{
    protected override string Other => "Hangfire";

    protected override Task<MeasurementResult> MeasureOtherAsync(
        Settings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken) =>
        HangfireMeasurement.RunAsync(settings.Plan, agents: null, redis, progress, cancellationToken);
}
