using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Compare;

/// <summary>What every comparison can be told.</summary>
internal interface ICompareSettings
{
    /// <summary>How often each is measured.</summary>
    int Rounds { get; }
}

/// <summary>The shell of a comparison: two measurements in turns, so that what changes on the machine changes for both; each with a Redis of its own.</summary>
internal abstract class CompareCommand<TSettings> : MachineCommand<TSettings>
    where TSettings : MeasurementSettings, ICompareSettings
{
    /// <summary>For the option.</summary>
    protected const string RoundsDescription = "How often each is measured, in turns; medians are compared.";

    /// <summary>The first of each turn.</summary>
    protected abstract string One { get; }

    /// <summary>The second.</summary>
    protected abstract string Other { get; }

    /// <summary>What the ratio of lives is to be; null where nothing is aimed at.</summary>
    protected virtual string? Aim => null;

    public override ValidationResult Validate(CommandContext context, TSettings settings)
        => settings.Rounds is < 1 or > 100 ? ValidationResult.Error("--rounds: 1 to 100.") : base.Validate(context, settings);

    protected sealed override async Task RunAsync(string name, TSettings settings, CancellationToken cancellationToken)
    {
        var rounds = new List<ComparedRound>();
        for (var number = settings.IsQuick ? settings.Rounds : 1; number <= settings.Rounds; number++)
        {
            var one = await ShowAsync(One, number, settings, (redis, progress) => MeasureOneAsync(settings, redis, progress, cancellationToken));
            var other = await ShowAsync(Other, number, settings, (redis, progress) => MeasureOtherAsync(settings, redis, progress, cancellationToken));
            rounds.Add(new ComparedRound(one, other));
        }
        var found = new Comparison(One, Other, Aim, rounds);
        if (settings.IsJson) Console.WriteLine(found.ToJson());
        else AnsiConsole.Write(found.ToTable());
    }

    /// <summary>Measures the first.</summary>
    protected abstract Task<MeasurementResult> MeasureOneAsync(
        TSettings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken);

    /// <summary>Measures the second.</summary>
    protected abstract Task<MeasurementResult> MeasureOtherAsync(
        TSettings settings, MeasuredRedis redis, IProgress<double> progress, CancellationToken cancellationToken);

    private static async Task<MeasurementResult> ShowAsync(
        string what, int round, TSettings settings, Func<MeasuredRedis, IProgress<double>, Task<MeasurementResult>> measure)
    {
        await using var redis = await MeasuredRedis.OpenAsync(settings);
        return await ProgressBar.ShowAsync($"{what}, round {round} of {settings.Rounds}", progress => measure(redis, progress));
    }
}
