using System.Collections.Immutable;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Endpoints.Requests;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Grpc;

/// <summary>Reads who an agent is.</summary>
internal static class HelloReader
{
    /// <summary>Checks every field.</summary>
    /// <exception cref="global::Grpc.Core.RpcException">Something is wrong, or there is no hello.</exception>
    public static Hello Check(Hello? hello)
    {
        if (hello is null) throw Calls.Invalid("hello", "is required in the first message");
        Calls.Queue(hello.Queue);
        Calls.Id("agent_id", hello.AgentId);
        Calls.Id("instance_id", hello.InstanceId);
        CheckWords("capabilities", hello.Capabilities);
        CheckWords("types", hello.Types_);
        if (hello.MaxConcurrency is < 0 or > RequestLimits.Concurrency) throw Calls.Invalid("max_concurrency", $"must be 1 to {RequestLimits.Concurrency}");
        if (hello.LeaseSeconds != 0 && hello.LeaseSeconds is not (>= RequestLimits.ShortestSeconds and <= RequestLimits.DaySeconds))
            throw Calls.Invalid("lease_seconds", $"must be {RequestLimits.ShortestSeconds} to {RequestLimits.DaySeconds}, or 0");
        if (hello.SpeedClass.Length > 0 && Words.Speed(hello.SpeedClass) is null) throw Calls.Invalid("speed_class", "must be standard, fast or slow");
        if (hello.HasCostPerToken && hello.CostPerToken is not (>= 0 and <= RequestLimits.UsageCost)) throw Calls.Invalid("cost_per_token", $"must be 0 to {RequestLimits.UsageCost}");
        if (hello.Held.Count > RequestLimits.Concurrency) throw Calls.Invalid("held", $"must have at most {RequestLimits.Concurrency} items");
        return hello;
    }

    /// <summary>What makes the agent known; null where it says nothing of itself.</summary>
    public static Command? Registration(Hello hello)
        => hello.Capabilities.Count == 0 ? null : new Command.RegisterAgent(
            hello.AgentId, Set(hello.Capabilities), Math.Max(1, hello.MaxConcurrency), Words.Speed(hello.SpeedClass), hello.HasCostPerToken ? hello.CostPerToken : null);

    public static Command Rejoin(Hello hello)
        => new Command.Rejoin(hello.AgentId, hello.InstanceId, [.. hello.Held.Select(lease => new HeldGrant(lease.Id, LeaseTokens.Read(lease.Token)))]);

    /// <summary>What it asks for, without a number and a time.</summary>
    public static Command.Claim Claim(Hello hello) => new(
        hello.AgentId,
        hello.InstanceId,
        hello.Types_.Count == 0 ? null : Set(hello.Types_),
        Max: 1,
        WaitMs: 0,
        hello.LeaseSeconds == 0 ? null : (long)Math.Round(hello.LeaseSeconds * 1000),
        ClaimId: null,
        // Whoever said what it can do is served as that, or has to say it again.
        IsOfRegistered: hello.Capabilities.Count > 0);

    private static void CheckWords(string field, IReadOnlyList<string> words)
    {
        if (words.Count > RequestLimits.Words) throw Calls.Invalid(field, $"must have at most {RequestLimits.Words} items");
        if (words.Any(word => !Names.IsWord(word))) throw Calls.Invalid(field, Names.WordRule);
    }

    private static ImmutableSortedSet<string> Set(IEnumerable<string> words) => words.ToImmutableSortedSet(StringComparer.Ordinal);
}
