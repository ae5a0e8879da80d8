using System.Diagnostics;
using System.Threading.Channels;

namespace TaskPlatform.Tests.Servers;

/// <summary>
/// A small shell that starts, signals and reaps one server, as told on its standard input. When that input ends, because the test
/// process disposed it or died in whatever way, it kills the server and deletes its folder: nothing is ever left behind.
/// </summary>
internal sealed class Guard : IAsyncDisposable
{
    // The server stays an unreaped child until `kill` waits for it, so its process id cannot be anybody else's.
    private const string Script = """
        trap '' INT HUP TERM
        folder=$1; shift
        pid=
        end() { if [ -n "$pid" ]; then kill -9 $pid; wait $pid; pid=; fi; }
        while read -r verb; do
          case $verb in
            start) "$@" & pid=$! ;;
            kill) end; echo guard:kill ;;
            term) kill -TERM $pid; wait $pid; pid=; echo guard:term ;;
            # Its threads stop one after the other.
            stop) kill -STOP $pid; while cat /proc/$pid/task/*/stat 2>/dev/null | grep -qv ') T '; do :; done; echo guard:stop ;;
            continue) kill -CONT $pid; echo guard:continue ;;
            pid) echo guard:pid $pid ;;
          esac
        done
        end
        rm -rf "$folder"
        """;

    // On a machine that is busy with other things a service needs many times the second that it usually does.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process shell;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Queue<string> recent = new();

    /// <param name="folder">Working folder of the server, deleted at the end.</param>
    /// <param name="command">Program and arguments.</param>
    public Guard(string folder, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "guard", folder, .. command])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        shell = Process.Start(start)!;
        shell.OutputDataReceived += (_, line) => lines.Writer.TryWrite(line.Data ?? "(end of output)");
        shell.ErrorDataReceived += (_, line) => lines.Writer.TryWrite(line.Data ?? "(end of errors)");
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
    }

    /// <summary>Sends a verb of the script and waits for the line that contains <paramref name="answer"/>, which is returned.</summary>
    /// <exception cref="InvalidOperationException">It did not come within two minutes; the message has the last lines.</exception>
    public async Task<string> TellAsync(string verb, string answer)
    {
        await shell.StandardInput.WriteLineAsync(verb);
        await shell.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var line = Remember(await lines.Reader.ReadAsync(patience.Token));
                if (line.Contains(answer, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"'{verb}' was not answered by '{answer}' within {Patience.TotalSeconds} s. Last lines:\n{string.Join('\n', recent)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }

    private string Remember(string line)
    {
        recent.Enqueue(line);
        if (recent.Count > 30) recent.Dequeue();
        return line;
    }
}
