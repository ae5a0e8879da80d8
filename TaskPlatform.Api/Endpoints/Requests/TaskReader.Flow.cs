using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>What a task shares with others: limits, turns, budgets and unique keys.</summary>
internal static partial class TaskReader
{
    /// <summary>An amount of tokens, of cost, or of both; null when the field is missing.</summary>
    public static TaskBudget? ReadBudget(FieldReader? fields)
    {
        if (fields is null) return null;
        var budget = new TaskBudget(fields.Whole("tokens", 0, RequestLimits.UsageTokens), fields.Number("cost", 0, RequestLimits.UsageCost));
        fields.RefuseUnknown();
        if (!fields.IsGiven("tokens") && !fields.IsGiven("cost")) fields.RefuseWhole("must have tokens, cost or both");
        return budget;
    }

    /// <summary>What most tasks share is one object.</summary>
    private static TaskFlow ReadFlow(FieldReader fields)
    {
        var flow = new TaskFlow
        {
            ConcurrencyKey = fields.Id("concurrencyKey"),
            RateLimitKey = fields.Id("rateLimitKey"),
            FairnessKey = fields.Id("fairnessKey"),
            Weight = (int?)fields.Whole("weight", 1, RequestLimits.Weight) ?? TaskFlow.None.Weight,
            Budget = ReadBudget(fields.Object("budget")),
            BudgetKey = fields.Id("budgetKey"),
            Route = fields.Word("route"),
        };
        return flow == TaskFlow.None ? TaskFlow.None : flow;
    }

    private static UniqueKey? ReadUnique(FieldReader fields)
    {
        var key = fields.Id("uniqueKey");
        var forMs = fields.Milliseconds("uniqueSeconds", RequestLimits.UniqueSeconds, RequestLimits.WeekSeconds);
        if (key is null && forMs is not null) fields.Refuse("uniqueSeconds", "must be left out where there is no uniqueKey");
        return key is null ? null : new UniqueKey(key, forMs);
    }
}
