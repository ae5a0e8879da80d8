using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Api.Federation;

/// <summary>
/// The node's work in the federation: it takes part in rounds, listens to its queue for what ends, and keeps the newest figures for those who decide where a task is worked on.
/// While the aggregator is away it goes on trying, and the rest of the service does not notice.
/// </summary>
internal sealed class FederatedTaskManager(
    FederationClient client, FederationView view, CountedQueue queue, RoundTerms terms, MemberKeys keys, IOptions<FederationNodeOptions> options, TimeProvider time,
    ILogger<FederatedTaskManager> logger) : BackgroundService
{
    /// <summary>The file of the round journal in <c>Federation:Data</c>.</summary>
    internal const string JournalFile = "round.journal";

    /// <summary>The file of the privacy ledger in <c>Federation:Data</c>.</summary>
    internal const string LedgerFile = "privacy.ledger";

    private volatile RoundParticipant? _participant;
    private volatile string? _broken;

    /// <summary>Why nothing of this node is released, in a sentence for operators; null when all is well.</summary>
    public string? Trouble => _broken ?? (_participant?.Trouble is { Reason: AbortReason.NoiseRefused or AbortReason.JournalUnavailable } trouble ? trouble.Detail : null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.Joins(logger, terms.FederationId, terms.Epoch, options.Value.NodeId!, options.Value.Queue);
        await Task.WhenAll(TakePartAsync(stoppingToken), queue.ListenAsync(stoppingToken), WatchAsync(stoppingToken));
    }

    /// <summary>A journal or ledger that cannot be trusted stops the releases, not the service; so does a mistake in a round that nobody thought of.</summary>
    private async Task TakePartAsync(CancellationToken stoppingToken)
    {
        try
        {
            Directory.CreateDirectory(options.Value.Data!);
            using var journal = FileRoundJournal.Open(Path.Combine(options.Value.Data!, JournalFile));
            using var ledger = PrivacyLedger.Open(
                Path.Combine(options.Value.Data!, LedgerFile), options.Value.NodeId!, LedgerNoise.BudgetOf(terms, options.Value.ReleasesPerDay));
            using var random = RandomNumberGenerator.Create();
            var seat = new NodeSeat(terms, options.Value.NodeId!, keys.Identity, journal, new LedgerNoise(ledger, terms, random), SystemEntropy.Instance);
            using var participant = new RoundParticipant(
                client, seat, (round, stopping) => queue.PrepareAsync(ReleaseWindow.Of(ledger, round), stopping), time, logger);
            _participant = participant;
            await AggregatorCalls.RepeatAsync(participant.StepAsync, time, logger, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _broken = exception.Message;
            Log.NothingReleased(logger, exception.Message);
        }
    }

    private Task WatchAsync(CancellationToken stoppingToken) => AggregatorCalls.RepeatAsync(
        async stopping =>
        {
            if (await client.FiguresAsync(view.Report?.Round ?? 0, stopping) is not { } report || report.Round <= view.Report?.Round) return false;
            view.Take(report);
            return true;
        },
        time, logger, stoppingToken);
}
