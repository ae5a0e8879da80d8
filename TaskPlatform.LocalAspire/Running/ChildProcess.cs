using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>What to run.</summary>
/// <param name="File">The full path of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Directory">Where it starts.</param>
/// <param name="Variables">Variables to set over this process's own; null removes one.</param>
internal sealed record Launch(string File, IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string?> Variables);

/// <summary>A process in a group of its own, in which a guard waits that ends the group when this process is gone, however it went.</summary>
internal sealed class ChildProcess
{
    private const int Terminate = 15;
    private const int Kill = 9;

    // The guard reads from a pipe of which the AppHost holds the other end: the system closes it with the AppHost's last breath, even at
    // SIGKILL. It is there before the program, which then takes the shell's place: number and exit code are the program's, and $$ is that
    // number in both. Signals to the group are not meant for the guard. Only in the form with -s does every shell take a group.
    private const string Script = """
        exec 3<&0
        (
          trap '' HUP INT TERM QUIT
          read -r end <&3
          kill -s TERM -- $0$$ && sleep 3 && kill -s KILL -- $0$$
        ) </dev/null >/dev/null 2>&1 &
        exec "$@" </dev/null 3<&-
        """;

    // A terminal's Ctrl+C reaches only the AppHost, which stops the others in order, and a signal to a group reaches what a program started.
    // macOS has no setsid: there both are left to each process.
    private static readonly string? SetSid = OperatingSystem.IsWindows() ? null : Executables.Find("setsid");

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> line)
    {
        _process = process;
        Exited = WatchAsync(line);
    }

    /// <summary>The exit code, once it and its group have ended and every line was read; 128 + signal when it was killed.</summary>
    public Task<int> Exited { get; }

    public static ChildProcess Start(Launch launch, Action<string> line)
    {
        IReadOnlyList<string> command = [launch.File, .. launch.Arguments];
        if (!OperatingSystem.IsWindows()) command = ["/bin/sh", "-c", Script, SetSid is null ? "" : "-", .. ThroughEnv(launch), .. command];
        if (SetSid is not null) command = [SetSid, .. command];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = launch.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in launch.Variables) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{launch.File} could not be started."), line);
    }

    /// <summary>Asks it to end, and kills it with all it started when it still runs after <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!_process.HasExited) Send(Terminate);
        await Task.WhenAny(Exited, Task.Delay(grace));
        if (!_process.HasExited) Send(Kill);
        await Exited;
    }

    private async Task<int> WatchAsync(Action<string> line)
    {
        var read = Task.WhenAll(ReadAsync(_process.StandardOutput, line), ReadAsync(_process.StandardError, line));
        await _process.WaitForExitAsync();
        if (SetSid is not null) Send(Kill); // what it left behind would keep its ports and its output; the guard is done too
        _process.StandardInput.Close();
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
        var unusual = launch.Variables.Where(given => given.Value is not null && !given.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Select(given => $"{given.Key}={given.Value}").ToList();
        return unusual.Count == 0 ? [] : ["/usr/bin/env", .. unusual];
    }

    // To its group where it has one. One that is already gone does not mind. Windows has no polite way.
    private void Send(int signal)
    {
        if (OperatingSystem.IsWindows()) _process.Kill(entireProcessTree: true);
        else _ = SendNative(SetSid is null ? _process.Id : -_process.Id, signal);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendNative(int target, int signal);
}
