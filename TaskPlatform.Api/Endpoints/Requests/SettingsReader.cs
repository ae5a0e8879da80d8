using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>Reads what an operator sets on a queue. What is left out stays; a map that is given replaces the whole map.</summary>
internal static class SettingsReader
{
    /// <summary>A change of settings.</summary>
    public static Command Change(FieldReader fields)
    {
        var durability = fields.Choice<Durability>("durability", DurabilityOf, "durable, buffered or memory");
        var policy = fields.Choice<MatchPolicy>("policy", Words.Policy, "fifo, score or learned");
        var ageingMs = Ageing(fields);
        var (ageMs, count) = Retention(fields.Object("retention"));
        var change = new SettingsChange
        {
            Durability = durability,
            AgeingMs = ageingMs,
            RetentionAgeMs = ageMs,
            RetentionCount = count,
            Concurrency = fields.Patterns("concurrency", (map, key) => (int)(map.Whole(key, 1, RequestLimits.FlowCount) ?? 1)),
            Rates = fields.Patterns("rates", (map, key) => Rate(map.Object(key))),
            Fairness = fields.Patterns("fairness", (map, key) => map.Number(key, RequestLimits.FairnessLeast, RequestLimits.FairnessMost) ?? 1),
            Budgets = fields.Patterns("budgets", (map, key) => Budget(map.Object(key))),
            UnfinishedTasks = Limits(fields.Object("limits")),
            Policy = policy,
            Matching = MatchingReader.Change(fields.Object("matching")),
        };
        fields.RefuseUnknown();
        return new Command.Configure(change);
    }

    // Nought means that nothing ages: as good as an ageing of for ever.
    private static long? Ageing(FieldReader fields)
        => fields.Milliseconds("ageingSeconds", 0, RequestLimits.YearSeconds) is { } ageingMs ? ageingMs == 0 ? Moment.Never : ageingMs : null;

    private static (long? AgeMs, int? Count) Retention(FieldReader? fields)
    {
        if (fields is null) return (null, null);
        var ageMs = fields.Milliseconds("ageSeconds", 0, RequestLimits.YearSeconds);
        var count = (int?)fields.Whole("count", 0, RequestLimits.RetentionCount);
        fields.RefuseUnknown();
        return (ageMs, count);
    }

    private static RateLimit Rate(FieldReader? fields)
    {
        if (fields is null) return default;
        var count = (int?)fields.Whole("count", 1, RequestLimits.FlowCount, isRequired: true) ?? 1;
        var perMs = fields.Milliseconds("perSeconds", RequestLimits.ShortestSeconds, RequestLimits.YearSeconds, isRequired: true) ?? 1;
        fields.RefuseUnknown();
        return new RateLimit(count, perMs);
    }

    private static BudgetLimit Budget(FieldReader? fields)
    {
        if (fields is null) return new BudgetLimit(new TaskBudget(null, null), null, WhenExhausted.Wait);
        var perMs = fields.Milliseconds("perSeconds", RequestLimits.ShortestSeconds, RequestLimits.YearSeconds);
        var onExhausted = fields.Choice<WhenExhausted>("onExhausted", WhenExhaustedOf, "wait, fail or route") ?? WhenExhausted.Wait;
        return new BudgetLimit(TaskReader.ReadBudget(fields)!, perMs, onExhausted);
    }

    private static int? Limits(FieldReader? fields)
    {
        if (fields is null) return null;
        var unfinished = (int?)fields.Whole("unfinishedTasks", 1, RequestLimits.UnfinishedTasks);
        fields.RefuseUnknown();
        return unfinished;
    }

    private static Durability? DurabilityOf(string word) => word switch
    {
        "durable" => Durability.Durable,
        "buffered" => Durability.Buffered,
        "memory" => Durability.Memory,
        _ => null,
    };

    private static WhenExhausted? WhenExhaustedOf(string word) => word switch
    {
        "wait" => WhenExhausted.Wait,
        "fail" => WhenExhausted.Fail,
        "route" => WhenExhausted.Route,
        _ => null,
    };
}
