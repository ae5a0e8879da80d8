using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HdrHistogram;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Benchmarks.Transport;

/// <summary>What a call between members costs: docs/federation.md.</summary>
internal sealed class TransportCommand : AsyncCommand<TransportCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>How many calls.</summary>
        [CommandOption("--calls")]
        [Description("How many calls of each kind, one after the other.")]
        [DefaultValue(5_000)]
        public int Calls { get; init; } = 5_000;

        /// <summary>The size of requests and answers.</summary>
        [CommandOption("--bytes")]
        [Description("The size of requests and answers, in bytes.")]
        [DefaultValue(100)]
        public int Bytes { get; init; } = 100;

        /// <summary>A look whether all of it runs.</summary>
        [CommandOption("--quick")]
        [Description("Few calls: shows that it works, measures nothing.")]
        public bool IsQuick { get; init; }

        public override ValidationResult Validate() =>
            Calls > 0 && Bytes is >= 0 and <= 1 << 20 ? ValidationResult.Success() : ValidationResult.Error("--calls: from 1. --bytes: 0 to 1048576.");
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("transport").FullName;
        try
        {
            var (signed, plain) = (FreePort.Next(), FreePort.Next());
            var file = MembershipFiles.Create(folder, new NewFederation(
                [.. Enumerable.Range(1, 3).Select(n => ($"node{n}", new Uri($"https://127.0.0.1:{n}")))]) { Aggregator = new Uri($"https://127.0.0.1:{signed}") });
            using var server = MemberKeys.Load(MembershipFiles.KeysOf(folder, file.Aggregator.Id));
            using var node = MemberKeys.Load(MembershipFiles.KeysOf(folder, "node1"));
            await using var app = Serve(file, server, signed, plain);
            await app.StartAsync(cancellationToken);
            using var member = FederationHttp.Create(file, node, file.Aggregator);
            using var anybody = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{plain}") };

            var calls = settings.IsQuick ? 100 : settings.Calls;
            var table = new Table().Title($"A call between members, {settings.Bytes} bytes each way").AddColumns("what", "median", "99th percentile");
            Add(table, "plain HTTP/1.1, for comparison", await MeasureAsync(anybody, "/plain", settings.Bytes, calls, cancellationToken));
            Add(table, "TLS 1.3, HTTP/2, request and answer signed and checked", await MeasureAsync(member, "/signed", settings.Bytes, calls, cancellationToken));
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static WebApplication Serve(FederationFile file, MemberKeys keys, int signed, int plain)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(plain);
            kestrel.ListenFederation(signed, file, keys);
        });
        var app = builder.Build();
        app.MapPost("/plain", (RequestDelegate)EchoAsync);
        app.MapPost("/signed", (RequestDelegate)EchoAsync).RequireFederationMember();
        return app;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>A fifth as many calls come first: connections, and code that is compiled again for speed.</summary>
    private static async Task<LongHistogram> MeasureAsync(HttpClient client, string path, int bytes, int calls, CancellationToken cancelled)
    {
        var times = new LongHistogram(TimeSpan.TicksPerMinute, numberOfSignificantValueDigits: 3);
        var body = new byte[bytes];
        for (var call = -calls / 5; call < calls; call++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsync(path, new ByteArrayContent(body), cancelled);
            var echoed = await answer.Content.ReadAsByteArrayAsync(cancelled);
            if (call >= 0) times.RecordValue(Stopwatch.GetElapsedTime(start).Ticks);
            if (!answer.IsSuccessStatusCode || echoed.Length != bytes) throw new InvalidOperationException($"{path} answered {answer.StatusCode}, {echoed.Length} bytes.");
        }
        return times;
    }

    private static void Add(Table table, string what, LongHistogram times) => table.AddRow(what, Milliseconds(times, 50), Milliseconds(times, 99));

    private static string Milliseconds(LongHistogram times, double percentile) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.GetValueAtPercentile(percentile) / (double)TimeSpan.TicksPerMillisecond:0.00} ms");
}
