using System.ComponentModel;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>Measures the engine alone.</summary>
internal sealed class EngineCommand : Command<EngineCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>A look whether all of it runs.</summary>
        [CommandOption("--quick")]
        [Description("Once each and with few tasks: shows that it works, measures nothing.")]
        public bool IsQuick { get; init; }

        /// <summary>Leaves BenchmarkDotNet's part out.</summary>
        [CommandOption("--counts")]
        [Description("Only what is counted: tasks a claim looks at, memory a task, pages.")]
        public bool CountsOnly { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        EngineReport.Print(settings.IsQuick ? 10_000 : 1_000_000);
        if (settings.CountsOnly) return 0;
        var job = (settings.IsQuick ? Job.Dry : Job.Default.WithWarmupCount(3).WithIterationCount(10).WithInvocationCount(1).WithUnrollFactor(1))
            .WithToolchain(InProcessNoEmitToolchain.Instance);
        var config = DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.JoinSummary);
        Type[] benchmarks = settings.IsQuick ? [typeof(LifeBenchmark)] : [typeof(LifeBenchmark), typeof(ClaimBenchmark)];
        string[] arguments = ["--artifacts", Path.Combine(Path.GetTempPath(), "taskplatform-benchmarks")];
        BenchmarkRunner.Run(benchmarks, config, arguments);
        // Takes no setup between two calls, so that each can be measured many times.
        var shortRun = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance));
        if (!settings.IsQuick) BenchmarkRunner.Run<EmptyClaimBenchmark>(shortRun, arguments);
        return 0;
    }
}
