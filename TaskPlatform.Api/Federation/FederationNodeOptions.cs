using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using TaskPlatform.Client.Federation;

namespace TaskPlatform.Api.Federation;

/// <summary>The section <c>Federation</c>: what this node tells others, and whether.</summary>
public sealed class FederationNodeOptions
{
    internal const string Section = "Federation";

    /// <summary>Off by default: nothing about the work leaves the node before somebody decides so.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The node's name among the others. Has to be chosen, because the machine's own could give something away.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string? NodeId { get; set; }

    /// <summary>Where the aggregator is; a service's name is resolved.</summary>
    public Uri Address { get; set; } = new("http://federation");

    /// <summary>
    /// The types of task that are told by name, at most 31; every other counts as <c>other</c>. Unset: <c>analysis</c>, <c>coding</c> and
    /// <c>reasoning</c>.
    /// </summary>
    public string[]? Types { get; set; }
}

/// <summary>Finds what the aggregator would refuse, at the start rather than at each report.</summary>
internal sealed partial class FederationNodeRules : IValidateOptions<FederationNodeOptions>
{
    private const int MaxTypes = 31;

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$")]
    private static partial Regex TypeName { get; }

    public ValidateOptionsResult Validate(string? name, FederationNodeOptions options)
    {
        if (!options.Enabled) return ValidateOptionsResult.Skip;
        if (string.IsNullOrEmpty(options.NodeId))
            return ValidateOptionsResult.Fail("Federation:Enabled needs Federation:NodeId, a name for this node that gives nothing away.");
        if (options.Types is { Length: > MaxTypes }) return ValidateOptionsResult.Fail($"Federation:Types has more than {MaxTypes} entries.");
        return options.Types?.FirstOrDefault(type => type == TypeSummary.Other || !TypeName.IsMatch(type)) is { } wrong
            ? ValidateOptionsResult.Fail($"Federation:Types: '{wrong}' must be lower-case letters, digits and '-', at most 32, and not '{TypeSummary.Other}'.")
            : ValidateOptionsResult.Success;
    }
}
