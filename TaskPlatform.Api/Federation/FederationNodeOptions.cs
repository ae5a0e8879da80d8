using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TaskPlatform.Api.Federation;

/// <summary>The section <c>Federation</c>: whether this node takes part in a federation, as whom, and what may leave it.</summary>
public sealed class FederationNodeOptions
{
    internal const string Section = "Federation";

    /// <summary>Policies by which a node sends tasks away and takes others': <see cref="Policy"/>.</summary>
    internal static IReadOnlyList<string> Policies { get; } = ["threshold", "seed", "local"];

    /// <summary>Off by default: nothing about the work leaves the node before somebody decides so.</summary>
    public bool Enabled { get; set; }

    /// <summary>The node's name in the federation file.</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string? NodeId { get; set; }

    /// <summary>The federation file: who the members are, and what was agreed on. The node's operator put it there, never the aggregator.</summary>
    public string? File { get; set; }

    /// <summary>The folder with this node's certificate and keys.</summary>
    public string? Keys { get; set; }

    /// <summary>
    /// The folder of the round journal and the privacy ledger; made where it is missing. It must outlive the process: an older copy, or none, gives back budget that was
    /// spent.
    /// </summary>
    public string? Data { get; set; }

    /// <summary>The one queue that is counted and that cooperates.</summary>
    [MinLength(1)]
    public string Queue { get; set; } = "default";

    /// <summary>The types of task that may be sent to another node. None by default.</summary>
    public string[] ExportTypes { get; set; } = [];

    /// <summary>Where other members reach this node.</summary>
    [Range(1, 65_535)]
    public int PeerPort { get; set; } = 5382;

    /// <summary>How load is shared: <c>threshold</c>, <c>seed</c>, or <c>local</c>, which shares none and only counts.</summary>
    public string Policy { get; set; } = "threshold";

    /// <summary>
    /// How many sums a day this node adds to; a round beyond is left out. More than the rounds of a day (17,280 at one each five seconds), so that only an aggregator
    /// that begins rounds out of turn meets it.
    /// </summary>
    [Range(1, 1_000_000)]
    public int ReleasesPerDay { get; set; } = 20_000;
}

/// <summary>What is missing is said at the start.</summary>
internal sealed class FederationNodeRules : IValidateOptions<FederationNodeOptions>
{
    public ValidateOptionsResult Validate(string? name, FederationNodeOptions options)
    {
        if (!options.Enabled) return ValidateOptionsResult.Skip;
        var errors = Missing(options).Select(missing => $"Federation:Enabled needs Federation:{missing}.").ToList();
        if (!FederationNodeOptions.Policies.Contains(options.Policy, StringComparer.Ordinal))
            errors.Add($"Federation:Policy is one of {string.Join(", ", FederationNodeOptions.Policies)}; it is '{options.Policy}'.");
        if (options.ExportTypes.Any(string.IsNullOrEmpty)) errors.Add("Federation:ExportTypes has an empty entry.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Missing(FederationNodeOptions options)
    {
        if (string.IsNullOrEmpty(options.NodeId)) yield return $"{nameof(options.NodeId)}, this node's name in the federation file";
        if (string.IsNullOrEmpty(options.File)) yield return $"{nameof(options.File)}, the path of the federation file";
        if (string.IsNullOrEmpty(options.Keys)) yield return $"{nameof(options.Keys)}, the folder of this node's certificate and keys";
        if (string.IsNullOrEmpty(options.Data)) yield return $"{nameof(options.Data)}, a folder that outlives the process";
    }
}
