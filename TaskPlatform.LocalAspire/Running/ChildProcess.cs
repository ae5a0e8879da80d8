using System.Diagnostics;
using System.Globalization;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>What to run.</summary>
/// <param name="File">The full path of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Directory">Where it starts.</param>
/// <param name="Variables">Variables to set over this process's own; null removes one.</param>
internal sealed record Launch(string File, IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string?> Variables);

/// <summary>A process in a group of its own, known to the guard before its program begins.</summary>
internal sealed class ChildProcess
{
    // The program starts only when the guard knows its number. Should this process die before, read meets the end of file and nothing starts.
    private const string WaitForGo = """read -r go || exit 1; exec "$@" </dev/null""";

    private readonly Process _process;
    private readonly Guard _guard;

    private ChildProcess(Process process, Guard guard, Action<string> line)
    {
        (_process, _guard) = (process, guard);
        Exited = WatchAsync(line);
    }

    /// <summary>The number of the process; the same before and after its program took over.</summary>
    public int Id => _process.Id;

    /// <summary>The exit code, once it and all it started has ended and every line was read; 128 + signal when it was killed.</summary>
    public Task<int> Exited { get; }

    public static ChildProcess Start(Launch launch, Guard guard, Action<string> line)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = launch.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in launch.Variables) start.Environment[name] = value;
        if (OperatingSystem.IsWindows())
        {
            start.FileName = launch.File;
            foreach (var argument in launch.Arguments) start.ArgumentList.Add(argument);
        }
        else
        {
            Shell.Wrap(start, WaitForGo, [.. ThroughEnv(launch), launch.File, .. launch.Arguments]);
        }
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{launch.File} could not be started.");
        guard.Watch(Target(process.Id));
        process.StandardInput.WriteLine("go");
        process.StandardInput.Close();
        return new ChildProcess(process, guard, line);
    }

    /// <summary>Asks it to end, and kills it with all it started when it still runs after <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!OperatingSystem.IsWindows() && !_process.HasExited) Shell.Send(Shell.Target(Id), Shell.Terminate);
        try
        {
            await Exited.WaitAsync(OperatingSystem.IsWindows() ? TimeSpan.Zero : grace);
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
        }
    }

    private void Kill()
    {
        if (OperatingSystem.IsWindows()) _process.Kill(entireProcessTree: true);
        else Shell.Send(Shell.Target(Id), Shell.Kill);
    }

    private async Task<int> WatchAsync(Action<string> line)
    {
        var read = Task.WhenAll(ReadAsync(_process.StandardOutput, line), ReadAsync(_process.StandardError, line));
        await _process.WaitForExitAsync();
        // What it left behind in its group would keep its ports and its pipes.
        if (!OperatingSystem.IsWindows() && Shell.HasGroups) Shell.Send(Shell.Target(Id), Shell.Kill);
        _guard.Forget(Target(Id));
        await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(2)));
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> line)
    {
        while (await reader.ReadLineAsync() is { } text) line(text);
    }

    // A shell hands on only variables whose names it could use itself, which services__my-api__http__0 is not: env sets those after it.
    private static IEnumerable<string> ThroughEnv(Launch launch)
    {
        var unusual = launch.Variables.Where(variable => variable.Value is not null && !variable.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Select(variable => $"{variable.Key}={variable.Value}").ToList();
        return unusual.Count == 0 ? [] : ["/usr/bin/env", .. unusual];
    }

    private static string Target(int processId) => Shell.Target(processId).ToString(CultureInfo.InvariantCulture);
}
