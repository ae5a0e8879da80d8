using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes tokens and cost.</summary>
internal static class Amounts
{
    /// <summary>What may be used, with what people added to it; null: as much as one likes.</summary>
    public static TaskUsage? Budget(TaskBudget? budget, Usage raise = default) => budget is null ? null : new TaskUsage
    {
        Tokens = budget.Tokens + raise.Tokens,
        Cost = budget.Cost is { } cost ? (decimal)(cost + raise.Cost) : null,
    };

    /// <summary>What was used; null while that is nothing.</summary>
    public static TaskUsage? Used(Usage used) => used == default ? null : new TaskUsage { Tokens = used.Tokens, Cost = (decimal)used.Cost };
}
