using System.Diagnostics;
using System.Globalization;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Privacy;

/// <summary>A process that spends a budget is killed (SIGKILL) at random moments, and others go on: all that was granted is in the ledger, and never is more granted than the budget.</summary>
public sealed class LedgerKillTests
{
    // So many releases, over several lives: the end of the budget comes while processes are killed.
    private const int Releases = 150;

    private const int MostBeforeKill = 40;

    [Fact]
    public Task Debit_KilledAtRandomPoints_NeverOverspends() => KillAsync(points: 30, seed: 1);

    [LongFact]
    public Task Debit_KilledAtAThousandRandomPoints_NeverOverspends() => KillAsync(points: 1_000, seed: 2);

    private static async Task KillAsync(int points, int seed)
    {
        var random = new Random(seed);
        var (killed, exhausted) = (0, 0);
        while (killed < points)
        {
            using var file = new LedgerFile();
            var (granted, lives) = (0L, 0);
            for (var isOver = false; !isOver && killed < points;)
            {
                var (said, wasExhausted) = await LifeAsync(file, random);
                (granted, lives, isOver) = (granted + said, lives + 1, wasExhausted);
                killed += wasExhausted ? 0 : 1;
                AssertAccounts(file, granted, lives);
            }
            exhausted++;
        }
        Assert.True(exhausted > 1, "The budget never ended.");
    }

    private static void AssertAccounts(LedgerFile file, long granted, int lives)
    {
        using var ledger = file.Open(Releases * LedgerFile.Price.NanoRho);
        var debited = ledger.Spent("tenant", 1).NanoRho / LedgerFile.Price.NanoRho;
        Assert.InRange(granted, debited - lives, debited); // one of each life may have been paid for and not said
        Assert.InRange(debited, 0, Releases);
        // Rounds are debited from 1 on without a gap, so the last two are known too.
        Assert.Equal((debited > 0 ? debited : null, debited > 1 ? debited - 1 : (long?)null), ledger.LastRounds("tenant"));
    }

    /// <summary>One process, killed some way into its debits.</summary>
    private static async Task<(int Granted, bool WasExhausted)> LifeAsync(LedgerFile file, Random random)
    {
        using var process = Start(file, NextRound(file));
        var (granted, line) = (0, "");
        for (var left = random.Next(MostBeforeKill); left > 0 && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } said; left--)
        {
            line = said;
            granted += line == "exhausted" ? 0 : 1;
        }
        // Somewhere between two lines that it says.
        Thread.SpinWait(random.Next(100_000));
        process.Kill();
        var rest = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return (granted + rest.Count(said => said != "exhausted"), line == "exhausted" || rest is [.., "exhausted"]);
    }

    private static long NextRound(LedgerFile file)
    {
        using var ledger = file.Open(Releases * LedgerFile.Price.NanoRho);
        return 1 + ledger.Spent("tenant", 1).NanoRho / LedgerFile.Price.NanoRho;
    }

    private static Process Start(LedgerFile file, long round) => Process.Start(new ProcessStartInfo(DotNetHost.Program)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        ArgumentList =
        {
            Path.Combine(AppContext.BaseDirectory, "TaskPlatform.Tests.LedgerWriter.dll"), file.Path, Text(Releases * LedgerFile.Price.NanoRho), Text(LedgerFile.Price.NanoRho), Text(round),
        },
    })!;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
