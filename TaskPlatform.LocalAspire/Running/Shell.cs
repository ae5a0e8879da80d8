using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>What a POSIX system offers for processes and .NET does not.</summary>
internal static class Shell
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private static readonly string? SetSid = Executables.Find("setsid");

    /// <summary>
    /// Whether processes get a group of their own: a terminal's Ctrl+C then reaches only the AppHost, which stops them in order, and a
    /// signal to the group reaches what they started. macOS has no <c>setsid</c>: there both are left to each process.
    /// </summary>
    public static bool HasGroups => SetSid is not null;

    /// <summary>Lets <paramref name="start"/> run a shell script, with the arguments as $1 and so on.</summary>
    public static void Wrap(ProcessStartInfo start, string script, params IEnumerable<string> arguments)
    {
        start.FileName = SetSid ?? "/bin/sh";
        if (SetSid is not null) start.ArgumentList.Add("/bin/sh");
        foreach (var argument in (IEnumerable<string>)["-c", script, "sh", .. arguments]) start.ArgumentList.Add(argument);
    }

    /// <summary>The process as <c>kill</c> wants it: with its group where it has one.</summary>
    public static int Target(int processId) => HasGroups ? -processId : processId;

    /// <summary>Sends a signal; one to a process that is already gone does nothing.</summary>
    public static void Send(int target, int signal) => _ = KillNative(target, signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int KillNative(int target, int signal);
}
