using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>Under what a measurement was made: without it a figure says nothing.</summary>
internal static class EnvironmentFacts
{
    /// <summary>Machine, runtime and store, in the order in which they are shown.</summary>
    public static Dictionary<string, string> Of(MeasuredRedis redis)
    {
        var facts = new Dictionary<string, string>
        {
            ["fsync"] = redis.Persistence,
            ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            [".NET"] = Environment.Version.ToString(),
            ["Redis"] = redis.Version,
        };
        if (LoadBefore() is { } load) facts["load before"] = load;
        return facts;
    }

    /// <summary>The version of the package that brought a type. Some have only that of the assembly; others put a commit behind theirs, which is left out.</summary>
    public static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? type.Assembly.GetName().Version!.ToString(3);

    // Of the last minute (Linux): tells whether the machine was quiet.
    private static string? LoadBefore() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : null;
}
