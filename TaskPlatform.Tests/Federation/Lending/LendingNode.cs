using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Api.Federation;
using TaskPlatform.Api.Federation.Lending;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Client.Federation;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Tests.Federation.Lending;

/// <summary>A node with a real queue and a real port for its peers. The federation's figures are given, and chance never turns an answer round.</summary>
internal sealed class LendingNode : IAsyncDisposable
{
    public const string Type = "coding";

    private readonly WebApplication _app;
    private readonly FederationView _figures;

    private LendingNode(WebApplication app, string queue)
    {
        (_app, Queue) = (app, queue);
        _figures = app.Services.GetRequiredService<FederationView>();
    }

    /// <summary>Its queue: a name of its own, which no peer learns.</summary>
    public string Queue { get; }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<LendingNode> StartAsync(string folder, string id, string redis, string queue, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis,
            ["Queues:Instance"] = Guid.NewGuid().ToString(),
            ["Federation:Enabled"] = "true",
            ["Federation:NodeId"] = id,
            ["Federation:File"] = MembershipFiles.FileOf(folder, id),
            ["Federation:Keys"] = MembershipFiles.KeysOf(folder, id),
            ["Federation:Data"] = folder,
            ["Federation:Queue"] = queue,
            ["Federation:ExportTypes:0"] = Type,
        });
        foreach (var (name, value) in settings) builder.Configuration[name] = value;
        builder.AddServiceDefaults();
        builder.AddQueueStore();
        builder.AddQueues();
        var file = FederationFile.Load(MembershipFiles.FileOf(folder, id));
        var keys = MemberKeys.Load(MembershipFiles.KeysOf(folder, id));
        builder.Services.AddSingleton(file).AddSingleton(keys).AddSingleton<FederationView>().AddSingleton(new LendingChance(() => 0.9)).AddRouting();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<FederationNodeOptions>().BindConfiguration(FederationNodeOptions.Section);
        builder.Services.AddLending();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenFederation(file.Find(id)!.Address.Port, file, keys));
        var app = builder.Build();
        app.MapLendingEndpoints();
        var node = new LendingNode(app, queue);
        node.SetFigures(load: 0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    /// <summary>New figures arrive.</summary>
    public void SetFigures(int load, double agedSeconds = 0) => _figures.Take(new FederationReport
    {
        Round = 1,
        At = DateTimeOffset.UtcNow,
        AgeSeconds = agedSeconds,
        Stale = false,
        Nodes = 3,
        Members = 3,
        Load = load,
        Capacity = 0,
        MeanLoad = load / 3.0,
        Types = [],
        Privacy = new FederationPrivacy { Delta = 1e-6, Sigma = 12 },
    });

    public async Task<Outcome> SendAsync(Command command)
    {
        var owner = await Get<IQueueOwners>().FindAsync(Queue, TestContext.Current.CancellationToken);
        return (await owner.SendAsync(command, TestContext.Current.CancellationToken)).Outcome;
    }

    public Task SubmitAsync(string id, Func<TaskSubmission, TaskSubmission>? change = null)
    {
        var task = new TaskSubmission { Id = id, Type = Type, Body = new TaskBody { Description = $"about {id}", Payload = Encoding.UTF8.GetBytes($"{{\"of\":\"{id}\"}}") } };
        return SendAsync(new Command.Submit(change is null ? task : change(task)));
    }

    public Task RegisterAsync(string agent, int slots) => SendAsync(new Command.RegisterAgent(agent, [Type], slots));

    /// <summary>Waits until there is something for the agent.</summary>
    public async Task<TaskItem> ClaimAsync(string agent)
    {
        var claim = new Command.Claim(agent, null, null, 1, 10_000, null, null);
        return Assert.IsType<Outcome.Claimed>(await SendAsync(claim)).Grants.Single().Task;
    }

    public async Task<TaskItem?> FindAsync(string id)
    {
        var owner = await Get<IQueueOwners>().FindAsync(Queue, TestContext.Current.CancellationToken);
        if ((await owner.SendAsync(new Command.GetTask(id), TestContext.Current.CancellationToken)).Outcome is not Outcome.TaskAnswer answer) return null;
        return (await owner.HydrateAsync(answer.View, TestContext.Current.CancellationToken))?.Task;
    }

    /// <summary>Waits until something has happened in the queue.</summary>
    public async Task<QueueEvent> ExpectAsync(Func<QueueEvent, bool> isIt, Func<Task>? cause = null)
    {
        var owner = await Get<IQueueOwners>().FindAsync(Queue, TestContext.Current.CancellationToken);
        await using var events = owner.Events.SubscribeAsync(null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = events.MoveNextAsync();
        if (cause is not null) await cause();
        for (; await next; next = events.MoveNextAsync())
        {
            if (isIt(events.Current)) return events.Current;
        }
        throw new InvalidOperationException("The queue's events have ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
