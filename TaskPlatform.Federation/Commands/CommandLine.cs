using Spectre.Console;
using Spectre.Console.Cli;

namespace TaskPlatform.Federation.Commands;

/// <summary>What the program does instead of adding up, if its first argument is a word.</summary>
internal static class CommandLine
{
    /// <summary>Whether these are the arguments of a command. Settings begin with <c>--</c> or <c>/</c>, or have a <c>=</c>.</summary>
    public static bool IsCommand(string[] args) => args is [[not '-' and not '/', ..] first, ..] && !first.Contains('=');

    /// <summary>Runs the command.</summary>
    /// <returns>0 if it was done; the console says what was wrong otherwise.</returns>
    public static int Run(string[] args, IAnsiConsole console)
    {
        var app = new CommandApp();
        app.Configure(commands =>
        {
            commands.SetApplicationName("TaskPlatform.Federation");
            commands.ConfigureConsole(console);
            commands.Settings.StrictParsing = true;
            commands.AddCommand<CertificatesCommand>("certificates")
                .WithDescription("Makes the keys, certificates and files of a federation for development: a folder for each member.")
                .WithExample("certificates", "deploy", "--nodes", "node1=https://127.0.0.1:5382,node2=https://127.0.0.1:5383,node3=https://127.0.0.1:5384")
                .WithExample("certificates", "deploy", "--keep", "--epoch", "2", "--nodes", "node1=https://…,node2=https://…,node3=https://…,node4=https://…");
        });
        return app.Run(args);
    }
}
