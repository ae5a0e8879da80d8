using System.Diagnostics;
using System.Reflection;
using System.Threading.Channels;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.LocalAspire;

/// <summary>An AppHost as a process of its own, as somebody at a terminal has it: the probe's, or the application's.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly Task _read;

    public HostProcess(string topology, params IEnumerable<string> settings) : this([], topology, settings) { }

    /// <param name="variables">Set over this process's own.</param>
    /// <param name="topology">Which application of the probe.</param>
    /// <param name="settings">The rest of its command line.</param>
    public HostProcess(Dictionary<string, string> variables, string topology, params IEnumerable<string> settings)
        : this(typeof(Projects.TaskPlatform_Tests_Probe).Assembly, variables, [$"--Probe:Topology={topology}", .. settings]) { }

    private HostProcess(Assembly program, Dictionary<string, string> variables, IEnumerable<string> settings)
    {
        var (host, first) = Start(DotNetHost.Program);
        var start = new ProcessStartInfo(host, [.. first, program.Location, "--DcpPublisher:RandomizePorts=true", .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _read = ReadAllAsync();
    }

    /// <summary>The application itself.</summary>
    /// <param name="arguments">Its command line.</param>
    public static HostProcess OfTheApplication(params IEnumerable<string> arguments) => new(typeof(Projects.TaskPlatform_AppHost).Assembly, [], arguments);

    public IReadOnlyList<string> Seen => _seen;

    /// <summary>Reads on until a line has the text.</summary>
    /// <exception cref="ChannelClosedException">The process ended before.</exception>
    public async Task<string> WaitForLineAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(cancellationToken);
            _seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
    }

    /// <summary>Sends a signal by name, as the shell's kill does.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>The exit code, once the process has ended and every line is in <see cref="Seen"/>.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _read.WaitAsync(cancellationToken);
        while (_lines.Reader.TryRead(out var line)) _seen.Add(line);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // Where the tests run in the background of a script, their shell has them ignore Ctrl-C, and what they start would inherit that.
    private static (string Program, string[] First) Start(string program)
        => OperatingSystem.IsLinux() ? ("env", ["--default-signal=INT", program]) : (program, []);

    private async Task ReadAllAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        _lines.Writer.Complete();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) _lines.Writer.TryWrite(line);
    }
}
