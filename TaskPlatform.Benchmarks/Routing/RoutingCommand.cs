using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Benchmarks.Shared;

namespace TaskPlatform.Benchmarks.Routing;

/// <summary>What routes save, and what they cost in quality, by simulation: docs/coordination.md.</summary>
internal sealed class RoutingCommand : Command<RoutingCommand.Settings>
{
    private const int Questions = 2_000;
    private const int QuickQuestions = 100;

    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : SeedsSettings;

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var seeds = settings.Runs;
        var count = settings.IsQuick ? QuickQuestions : Questions;
        var best = Run(Strategy.Best, count, seeds);
        Say($"{count} questions, {seeds} seeds. Costs with verdicts; quality is the share of right answers.");
        Say($"                    cost a question   quality %         seconds           cost vs best %    quality vs best %");
        foreach (var strategy in Enum.GetValues<Strategy>()) Print(strategy, Run(strategy, count, seeds), best);
        return 0;
    }

    private static RoutingFigures[] Run(Strategy strategy, int count, int seeds)
        => [.. Enumerable.Range(1, seeds).Select(seed => new RoutingRun(Question.Draw(count, seed), strategy, seed).Run())];

    private static void Print(Strategy strategy, RoutingFigures[] runs, RoutingFigures[] best) => Say(
        $"{strategy,-19} {Show(runs, run => run.Cost, "0.000")} {Show(runs, run => 100 * run.Quality)} {Show(runs, run => run.Seconds)} {Against(runs, best, run => run.Cost)} {Against(runs, best, run => run.Quality)}");

    private static string Show(RoutingFigures[] runs, Func<RoutingFigures, double> figure, string format = "0.00") => Estimate.Of(runs, figure).ToCell(format);

    /// <summary>The difference to the same questions with always the best, in percent of that.</summary>
    private static string Against(RoutingFigures[] runs, RoutingFigures[] best, Func<RoutingFigures, double> figure)
        => Estimate.Against(runs, best, figure).ToCell("+0.0;-0.0;0.0");

    private static void Say(FormattableString line) => AnsiConsole.Profile.Out.Writer.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
