using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>The whole application with a data folder of its own; both are gone at the end.</summary>
internal sealed class RunningStack : IAsyncDisposable
{
    private readonly DirectoryInfo _data;

    private RunningStack(DirectoryInfo data, DistributedApplication app) => (_data, App) = (data, app);

    public DistributedApplication App { get; }

    /// <summary>Where it keeps what outlives a run.</summary>
    public string Data => _data.FullName;

    /// <summary>Starts it, and waits until the resources that are named are healthy.</summary>
    public static Task<RunningStack> StartAsync(params IEnumerable<string> healthy) => StartAsync([], healthy);

    /// <summary>The same, with more on its command line.</summary>
    public static async Task<RunningStack> StartAsync(IEnumerable<string> arguments, IEnumerable<string> healthy)
    {
        var token = TestContext.Current.CancellationToken;
        var data = Directory.CreateTempSubdirectory("taskplatform-");
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_AppHost>(
            [$"--Data:Root={data.FullName}", .. arguments], token);
        var stack = new RunningStack(data, await builder.BuildAsync(token));
        try
        {
            await stack.App.StartAsync(token);
            foreach (var name in healthy) await stack.App.ResourceNotifications.WaitForResourceHealthyAsync(name, token);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
