using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Benchmarks;

/// <summary>The measurements, run as a program: nothing here refers to it.</summary>
internal static class BenchmarkProgram
{
    /// <summary>Exit code where this machine lacks something.</summary>
    public const int MissingProgram = 2;

    // The build puts it beside the tests, in a folder of the same configuration.
    private static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "TaskPlatform.Benchmarks", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "TaskPlatform.Benchmarks.dll"));

    /// <summary>What a command tells as JSON. Skips where this machine lacks something that it need not have.</summary>
    /// <param name="arguments">With spaces between them.</param>
    /// <param name="mayLackPeer">Whether that may be so unattended too.</param>
    public static async Task<JsonElement> TellAsync(string arguments, bool mayLackPeer = false)
    {
        var ran = await ExecuteAsync($"{arguments} --json");
        var mayLack = mayLackPeer || Environment.GetEnvironmentVariable("CI") != "true";
        if (ran.ExitCode == MissingProgram && mayLack) Assert.Skip(ran.StandardError.Trim());
        Assert.True(ran.IsSuccess, $"{ran.StandardOutput}\n{ran.StandardError}");
        return JsonSerializer.Deserialize<JsonElement>(ran.StandardOutput);
    }

    /// <param name="arguments">With spaces between them.</param>
    /// <param name="variables">For its environment.</param>
    public static async Task<BufferedCommandResult> ExecuteAsync(string arguments, params (string Name, string? Value)[] variables)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(4));
        return await Cli.Wrap(DotNetHost.Program)
            .WithArguments([Program, .. arguments.Split(' ')])
            .WithEnvironmentVariables(variables.ToDictionary(variable => variable.Name, variable => variable.Value))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(late.Token);
    }
}
