using System.Text.RegularExpressions;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Federation;

/// <summary>What a summary must satisfy. Every bad field is named, not only the first.</summary>
internal static partial class SummaryRules
{
    public const int MaxTypes = 32;
    public const long MaxCount = 1_000_000_000_000;

    /// <summary>A year: longer means are mistakes of a clock.</summary>
    public const double MaxMeanSeconds = 31_536_000;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public static partial Regex NodeId { get; }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$")]
    private static partial Regex TypeName { get; }

    public static IReadOnlyList<FieldError> Check(NodeSummary summary)
    {
        var errors = new List<FieldError>();
        if (summary.Types is null || summary.Types.Any(type => type?.Counts is null))
        {
            return [new("types", "Must be an array of {type, counts, successRate?, meanSeconds?}.")];
        }
        if (summary.Types.Count > MaxTypes) return [new("types", $"At most {MaxTypes} types; count the rest as '{TypeSummary.Other}'.")];

        for (var i = 0; i < summary.Types.Count; i++) errors.AddRange(CheckType($"types[{i}]", summary.Types[i]));
        if (summary.Types.DistinctBy(type => type.Type, StringComparer.Ordinal).Count() < summary.Types.Count)
        {
            errors.Add(new("types", "Each type may stand only once."));
        }
        if (errors.Count == 0 && summary.Unfinished != summary.Types.Sum(type => type.Counts.Unfinished))
        {
            errors.Add(new("unfinished", "Must be the sum of all counts but completed, failed and cancelled."));
        }
        return errors;
    }

    private static IEnumerable<FieldError> CheckType(string path, TypeSummary type)
    {
        if (type.Type is null || !TypeName.IsMatch(type.Type))
        {
            yield return new($"{path}.type", "Lower-case letters, digits and '-', at most 32, beginning with a letter or digit.");
        }
        if (type.Counts.All.Any(count => count is < 0 or > MaxCount))
        {
            yield return new($"{path}.counts", $"Each count must be from 0 to {MaxCount}.");
        }
        if (type.SuccessRate is { } rate && (rate is not (>= 0 and <= 1) || type.Counts.Tried == 0))
        {
            yield return new($"{path}.successRate", "Must be from 0 to 1, and left out when nothing completed or failed.");
        }
        if (type.MeanSeconds is { } mean && (mean is not (>= 0 and <= MaxMeanSeconds) || type.Counts.Completed == 0))
        {
            yield return new($"{path}.meanSeconds", $"Must be from 0 to {MaxMeanSeconds}, and left out when nothing completed.");
        }
    }
}
