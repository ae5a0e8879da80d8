using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Client.Wire;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Worker.Debates;

/// <summary>A finding and what the reviewers came to.</summary>
internal sealed record DebatedFinding(DisputedFinding Disputed, DebateInfo Debate);

/// <summary>Has the reviewers debate a few findings. A review never waits for more than a few turns of them, and never fails by them.</summary>
internal sealed class FindingDebates(TaskPlatformClient client, TimeProvider time, ILogger<FindingDebates> logger)
{
    /// <summary>Findings that are debated in one review, each of another rule.</summary>
    public const int Most = 5;

    private const double TurnSeconds = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Reviewers = ["analyst", "coder", "reasoner"];

    /// <summary>What may be debated: of the rules ranked highest the finding in the riskiest file. What the compiler calls an error is a fact.</summary>
    public static IReadOnlyList<DisputedFinding> Choose(ReviewedFiles review)
    {
        var risks = review.Files.ToDictionary(file => file.File, file => file.Risk, StringComparer.Ordinal);
        return
        [
            .. RankedRule.Rank(review).Where(rule => rule.Severity < FindingSeverity.Error).Where(IsDisputed).Take(Most).Select(Disputed),
        ];

        bool IsDisputed(RankedRule rule) => Reviewers.Select(role => RuleSets.ByRules(role, Disputed(rule)).Answer).Distinct().Count() > 1;

        DisputedFinding Disputed(RankedRule rule) => new()
        {
            File = rule.Places[0].File,
            Finding = rule.Places[0].Finding,
            Places = rule.Places.Count,
            Fixed = review.Fixed.GetValueOrDefault(rule.Id),
            Risk = risks[rule.Places[0].File],
        };
    }

    /// <summary>Debates them, all at the same time; those that come to nothing in time are left out.</summary>
    /// <param name="reviewId">The review; debates of a repeated attempt are those of the first.</param>
    /// <param name="review">Its results.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<DebatedFinding>> DebateAsync(string reviewId, ReviewedFiles review, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var debated = await Task.WhenAll(Choose(review).Select((disputed, index) => DebateAsync($"{reviewId}.debate.{index}", disputed, either.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        return [.. debated.OfType<DebatedFinding>()];
    }

    private async Task<DebatedFinding?> DebateAsync(string id, DisputedFinding disputed, CancellationToken cancellationToken)
    {
        try
        {
            var debate = await client.StartDebateAsync(ReviewTasks.Queue, Ask(id, disputed), cancellationToken: cancellationToken);
            while (debate.State == DebateState.Running) debate = await client.GetDebateAsync(ReviewTasks.Queue, debate.Id, TimeSpan.FromSeconds(30), cancellationToken);
            return debate.Verdict is null ? null : new DebatedFinding(disputed, debate);
        }
        catch (Exception exception) when (exception is TaskPlatformException or OperationCanceledException)
        {
            Log.DebateLeftOut(logger, id, exception);
            return null;
        }
    }

    private static StartDebate Ask(string id, DisputedFinding disputed) => new()
    {
        Id = id,
        Question = $"Should the report's readers look at {disputed.Finding.Id} in {disputed.File}? Answer {DisputedFinding.Keep} or {DisputedFinding.Drop}.",
        Payload = RawJson.From(disputed, System.Text.Json.JsonSerializerOptions.Web),
        Agents = Reviewers,
        MaxRounds = 2,
        TurnSeconds = TurnSeconds,
        Priority = TaskPriority.High,
    };
}
