using Spectre.Console;

namespace TaskPlatform.Benchmarks.Shared;

/// <summary>A bar on standard error that moves while something is measured.</summary>
internal static class ProgressBar
{
    /// <param name="name">What is shown beside it.</param>
    /// <param name="measure">Told how to say how much is done, from 0 to 1.</param>
    public static Task<T> ShowAsync<T>(string name, Func<IProgress<double>, Task<T>> measure) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress().AutoClear(true)
            .StartAsync(context => measure(new Bar(context.AddTask(Markup.Escape(name), maxValue: 1))));

    // The library's own Progress<T> tells on other threads, later and in any order.
    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
