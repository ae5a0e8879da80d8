using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what agents and operators ask of a queue.</summary>
internal static class ClaimReader
{
    /// <summary>A claim. Without a claim id the caller's idempotency key serves as one.</summary>
    public static Command Claim(FieldReader fields, IdempotencyKey? key)
    {
        var agentId = fields.Id("agentId", isRequired: true) ?? "";
        var instanceId = fields.Id("instanceId");
        // A list of nothing says no more than no list.
        var types = fields.Words("types") is { IsEmpty: false } given ? given : null;
        var max = (int?)fields.Whole("max", 1, RequestLimits.ClaimTasks) ?? 1;
        var waitMs = fields.Milliseconds("waitSeconds", 0, RequestLimits.WaitSeconds) ?? 0;
        var leaseMs = fields.Milliseconds("leaseSeconds", RequestLimits.ShortestSeconds, RequestLimits.DaySeconds);
        // The blank keeps keys apart from claim ids, which have none.
        var claimId = fields.Id("claimId") ?? (key is null ? null : $" {key.Key}");
        fields.RefuseUnknown();
        return new Command.Claim(agentId, instanceId, types, max, waitMs, leaseMs, claimId);
    }

    /// <summary>What an agent can do.</summary>
    public static Command Register(FieldReader fields, string agentId)
    {
        var capabilities = fields.Words("capabilities", isRequired: true) ?? [];
        var most = (int?)fields.Whole("maxConcurrency", 1, RequestLimits.Concurrency) ?? 1;
        var speed = fields.Choice<SpeedClass>("speedClass", Words.Speed, "standard, fast or slow");
        var cost = fields.Number("costPerToken", 0, RequestLimits.UsageCost);
        fields.RefuseUnknown();
        return new Command.RegisterAgent(agentId, capabilities, most, speed, cost);
    }

    /// <summary>A reason for people, at most 8 KiB.</summary>
    public static string? Reason(FieldReader fields)
    {
        var reason = fields.Text("reason", RequestLimits.TextBytes);
        fields.RefuseUnknown();
        return reason;
    }

    /// <summary>Types to pause or resume; none means all.</summary>
    public static System.Collections.Immutable.ImmutableSortedSet<string> Types(FieldReader fields)
    {
        var types = fields.Words("types") ?? [];
        fields.RefuseUnknown();
        return types;
    }
}
