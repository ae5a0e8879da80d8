using System.Diagnostics;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>
/// A small shell process that ends what this one started when this one is gone, however it went. It reads which processes there are from a
/// pipe; the system closes the pipe with the last breath of this process, even at SIGKILL, and that end of file is the signal.
/// </summary>
internal sealed class Guard : IDisposable
{
    // Signals meant for the AppHost (Ctrl+C, a closed terminal) must not end its guard. It asks first and kills after 3 seconds.
    // The form with -s is the only one in which every shell takes a group.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM QUIT
        all=' '
        while read -r verb target; do
          case $verb in
            +) all="$all$target " ;;
            -) all="${all%% $target *} ${all#* $target }" ;;
          esac
        done
        for target in $all; do kill -s TERM -- $target; done
        for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
          alive=
          for target in $all; do kill -s 0 -- $target && alive=1; done
          [ -z "$alive" ] && exit 0
          sleep 0.1
        done
        for target in $all; do kill -s KILL -- $target; done
        """;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _targets = [];
    private Process? _shell;

    /// <summary>Watches a process, or with a minus before the number its whole group.</summary>
    public void Watch(string target)
    {
        if (OperatingSystem.IsWindows()) return;
        lock (_lock)
        {
            _targets.Add(target);
            Tell($"+ {target}");
        }
    }

    /// <summary>The process has ended; its number may be given to another.</summary>
    public void Forget(string target)
    {
        if (OperatingSystem.IsWindows()) return;
        lock (_lock)
        {
            _targets.Remove(target);
            Tell($"- {target}");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _shell?.Dispose();
            _shell = null;
        }
    }

    private void Tell(string line)
    {
        // A guard that somebody ended is replaced, and told everything again.
        if (_shell is null or { HasExited: true })
        {
            _shell?.Dispose();
            _shell = Start();
            foreach (var target in _targets) _shell.StandardInput.WriteLine($"+ {target}");
        }
        else
        {
            _shell.StandardInput.WriteLine(line);
        }
        _shell.StandardInput.Flush();
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, WorkingDirectory = "/" };
        Shell.Wrap(start, Script);
        return Process.Start(start) ?? throw new InvalidOperationException("The guard could not be started.");
    }
}
