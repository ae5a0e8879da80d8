using System.Collections.Immutable;
using System.Text;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Simulation;
using State = TaskPlatform.Engine.TaskState;
using WirePriority = TaskPlatform.Client.Wire.TaskPriority;

namespace TaskPlatform.Tests.Chaos;

/// <summary>Somebody who calls the real service through the real client, one attempt a call, and remembers what was seen.</summary>
/// <param name="history">What everybody saw.</param>
/// <param name="services">The services to turn to; whoever hears nothing tries the next.</param>
/// <param name="twin">What is broken.</param>
internal class RealCaller(ChaosHistory history, IReadOnlyList<TaskPlatformClient> services, CallerTwin twin = CallerTwin.None)
{
    public const string Queue = "chaos";

    private int _service;

    protected ChaosHistory History => history;

    /// <summary>Asks once; null: unknown, it may have happened or not.</summary>
    public async Task<Outcome?> AskAsync(Command command, CancellationToken gone)
    {
        var (sentMs, owner) = (ChaosHistory.NowMs, history.Owner);
        var outcome = await OnceAsync(services[_service % services.Count], command, sentMs, gone);
        if (outcome is null) _service++;
        history.Add(new Seen(command, sentMs, ChaosHistory.NowMs, outcome ?? Imagined(command), owner));
        return outcome ?? Imagined(command);
    }

    /// <summary>Repeats it until there is an answer.</summary>
    public async Task<Outcome> InsistAsync(Command command, CancellationToken gone)
    {
        while (true)
        {
            if (await AskAsync(command, gone) is { } outcome) return outcome;
            await Task.Delay(Random.Shared.Next(50, 250), gone);
        }
    }

    // The twin takes silence for a yes.
    private Outcome? Imagined(Command command) => twin == CallerTwin.TakesSilenceForAYes && command is Command.Submit submit
        ? new Outcome.TaskAnswer(View(new TaskInfo { Id = submit.Task.Id, Type = submit.Task.Type }))
        : null;

    private async Task<Outcome?> OnceAsync(TaskPlatformClient service, Command command, long sentMs, CancellationToken gone)
    {
        try
        {
            return await SendAsync(service, command, gone);
        }
        catch (TaskPlatformException unknown) when (unknown.IsOutcomeUnknown)
        {
            history.Unknown(unknown);
            return null;
        }
        catch (OperationCanceledException)
        {
            // It may yet arrive, and count.
            history.Add(new Seen(command, sentMs, ChaosHistory.NowMs, null, history.Owner));
            throw;
        }
        catch (TaskPlatformException refused)
        {
            return new Outcome.Refused(Refusal.Of(refused.ProblemType, refused.Message));
        }
    }

    private static async Task<Outcome> SendAsync(TaskPlatformClient service, Command command, CancellationToken gone) => command switch
    {
        Command.Submit submit => Answer(await service.SubmitAsync(Queue, Described(submit.Task), submit.Task.Id, gone)),
        Command.Claim claim => new Outcome.Claimed([.. (await service.ClaimAsync(Queue, Claim(claim), gone)).Select(View)]),
        Command.Heartbeat beat => Extended(await service.HeartbeatAsync(Queue, beat.TaskId, Beat(beat), gone)),
        Command.Complete complete => Answer(await service.CompleteAsync(Queue, complete.TaskId, Complete(complete), gone)),
        Command.GetTask get => Answer(await service.GetAsync(Queue, get.TaskId, cancellationToken: gone)),
        _ => throw new ArgumentException($"No call for {command.GetType().Name}.", nameof(command)),
    };

    private static SubmitTask Described(TaskSubmission task) => new()
    {
        Id = task.Id,
        Type = task.Type,
        Priority = (WirePriority)task.Priority,
        DependsOn = [.. task.DependsOn.Select(edge => new Dependency(edge.Id))],
        MaxAttempts = task.Body.MaxAttempts,
        LeaseSeconds = task.Body.LeaseMs / 1_000.0,
        Backoff = new BackoffSpec { InitialSeconds = task.Body.Backoff.InitialMs / 1_000.0, MaxSeconds = task.Body.Backoff.MaxMs / 1_000.0 },
        Payload = RawJson.FromTrusted(task.Body.Payload),
    };

    private static ClaimRequest Claim(Command.Claim claim) => new()
    {
        AgentId = claim.AgentId, Types = claim.Types, Max = claim.Max, WaitSeconds = claim.WaitMs / 1_000.0, ClaimId = claim.ClaimId,
    };

    private static HeartbeatRequest Beat(Command.Heartbeat beat) => new()
    {
        LeaseToken = Token(beat.Token), Checkpoint = beat.Checkpoint is { } checkpoint ? RawJson.FromTrusted(checkpoint) : null,
    };

    private static CompleteRequest Complete(Command.Complete complete) => new()
    {
        LeaseToken = Token(complete.Token), Result = RawJson.FromTrusted(complete.Result!.Value),
    };

    private static string Token(UInt128 token) => token.ToString("x32");

    private static Outcome.TaskAnswer Answer(TaskInfo task) => new(View(task));

    private static Outcome.Extended Extended(HeartbeatReply reply) => new((long)(reply.ExpiresInSeconds * 1_000), reply.CancelRequested);

    private static TaskView View(TaskInfo task) => new(
        new TaskItem
        {
            Id = task.Id,
            Type = task.Type,
            Order = 0,
            CreatedUnixMs = 0,
            State = Enum.Parse<State>(task.State.ToString()),
            DependsOn = [.. (task.DependsOn ?? []).Select(edge => new DependencyEdge(edge.Id))],
            Lease = task.Lease is { } lease ? LeaseOf(lease) : null,
            History = new TaskHistory { AttemptsUsed = task.Attempt - (task.Lease is null ? 0 : 1), Checkpoint = task.Checkpoint?.Utf8 ?? default },
        },
        [], [.. (task.Inputs ?? ImmutableDictionary<string, RawJson>.Empty).Select(input => new TaskInput(input.Key, input.Value.Length, input.Value.Utf8))], []);

    private static Lease LeaseOf(LeaseInfo lease) => new()
    {
        Token = UInt128.Parse(lease.Token, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture),
        AgentId = "",
        DurationMs = (long)(lease.ExpiresInSeconds * 1_000),
    };

    /// <summary>A final task, for the checker.</summary>
    public static FinalTask Final(TaskInfo task) => new(
        Enum.Parse<State>(task.State.ToString()), task.Result is { } result ? Encoding.UTF8.GetString(result.Utf8.Span) : "", task.Message ?? "");
}

/// <summary>A caller that is broken on purpose.</summary>
internal enum CallerTwin
{
    None,

    /// <summary>Counts a submit without an answer as acknowledged, and does not repeat it.</summary>
    TakesSilenceForAYes,
}
