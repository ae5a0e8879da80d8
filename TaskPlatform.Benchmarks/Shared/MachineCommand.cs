using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>The shell of whatever a machine may lack something for: it is said in a line, and the exit code is 2.</summary>
internal abstract class MachineCommand<TSettings> : AsyncCommand<TSettings>
    where TSettings : CommandSettings
{
    private const int Missing = 2;

    public sealed override async Task<int> ExecuteAsync(CommandContext context, TSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(context.Name, settings, cancellationToken);
            return 0;
        }
        catch (MissingProgramException missing)
        {
            Console.Error.WriteLine(missing.Message);
            return Missing;
        }
    }

    /// <param name="name">As it was called.</param>
    /// <param name="settings">What was said.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    protected abstract Task RunAsync(string name, TSettings settings, CancellationToken cancellationToken);
}
