using System.ComponentModel.DataAnnotations;

namespace TaskPlatform.Api.WarmUp;

/// <summary>The section <c>WarmUp</c> of the configuration.</summary>
internal sealed class WarmUpOptions
{
    public const string Section = "WarmUp";

    /// <summary>How long the path is warmed before the service says that it is ready; 0: not at all.</summary>
    [Range(0, 60)]
    public double Seconds { get; set; } = 2;
}
