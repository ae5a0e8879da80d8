using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TaskPlatform.Federation;

/// <summary>The section <c>Federation</c> of the configuration.</summary>
public sealed class FederationOptions
{
    public const string Section = "Federation";

    /// <summary>Off by default: no round begins before somebody decides so.</summary>
    public bool Enabled { get; set; }

    /// <summary>The federation file: who the members are, and what was agreed on.</summary>
    public string? File { get; set; }

    /// <summary>The folder with the aggregator's certificate and keys.</summary>
    public string? Keys { get; set; }

    /// <summary>Where nodes reach the aggregator.</summary>
    [Range(1, 65_535)]
    public int PeerPort { get; set; } = 5391;

    /// <summary>How long a stage of a round waits for nodes that have not answered, in seconds.</summary>
    [Range(0.05, 60)]
    public double StageSeconds { get; set; } = 2;
}

/// <summary>What is missing is said at the start.</summary>
internal sealed class FederationRules : IValidateOptions<FederationOptions>
{
    public ValidateOptionsResult Validate(string? name, FederationOptions options)
    {
        if (!options.Enabled) return ValidateOptionsResult.Skip;
        if (string.IsNullOrEmpty(options.File)) return ValidateOptionsResult.Fail("Federation:Enabled needs Federation:File, the path of the federation file.");
        return string.IsNullOrEmpty(options.Keys)
            ? ValidateOptionsResult.Fail("Federation:Enabled needs Federation:Keys, the folder of the aggregator's certificate and keys.") : ValidateOptionsResult.Success;
    }
}
