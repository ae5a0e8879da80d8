using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>What every measurement with a Redis can be told on the command line.</summary>
internal abstract class MeasurementSettings : CommandSettings
{
    /// <summary>When Redis syncs.</summary>
    [CommandOption("--fsync")]
    [Description("When the Redis that is started syncs its append-only file: everysec or always.")]
    [DefaultValue("everysec")]
    public string Fsync { get; init; } = "everysec";

    /// <summary>A Redis that runs already.</summary>
    [CommandOption("--redis")]
    [Description("Use this Redis (host:port) instead of starting one. What is written is left behind in it.")]
    public string? Redis { get; init; }

    /// <summary>A look whether all of it runs.</summary>
    [CommandOption("--quick")]
    [Description("With few tasks: shows that it works, measures nothing.")]
    public bool IsQuick { get; init; }

    /// <summary>For programs.</summary>
    [CommandOption("--json")]
    [Description("The figures as JSON instead of a table, and nothing else on standard output.")]
    public bool IsJson { get; init; }

    public override ValidationResult Validate()
    {
        if (Fsync is not ("everysec" or "always")) return ValidationResult.Error("--fsync: everysec or always.");
        return Redis is null || RedisAddress.TryParse(Redis, out _) ? ValidationResult.Success() : ValidationResult.Error("--redis: host:port.");
    }
}
