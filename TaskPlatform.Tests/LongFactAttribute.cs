using System.Runtime.CompilerServices;
using Xunit.v3;

namespace TaskPlatform.Tests;

/// <summary>
/// A test that takes minutes, or more of the machine than others leave: of the category <c>Long</c>, and skipped unless <c>TASKPLATFORM_LONG=1</c>. Whatever can be
/// made longer by a number of runs has a variable of its own instead.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute, ITraitAttribute
{
    private const string Variable = "TASKPLATFORM_LONG";

    public LongFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1") Skip = $"Takes long. Set {Variable}=1.";
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Category", "Long")];
}
