using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.Hosting;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Tests.Worker;

public sealed class SummaryWriterTests
{
    private static readonly ReviewedFiles Review = new("shop", [new("Orders.cs", new FileAnalysis { File = "Orders.cs" }, new FileFixes { File = "Orders.cs" })]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_WithAModel_UsesItsWordsAndSendsNoCode()
    {
        await using var model = await FakeModel.StartAsync(http => http.Response.WriteAsJsonAsync(Answer("- Look at Orders.cs first."), Token));

        var summary = await model.WriteAsync(Review);

        Assert.Equal(("- Look at Orders.cs first.", "tiny"), (summary.Text, summary.WrittenBy));
        Assert.Contains("written by tiny", summary.Remark, StringComparison.Ordinal);
        var asked = Assert.Single(model.Requests);
        Assert.Equal(("/v1/chat/completions", "Bearer secret"), (asked.Path, asked.Authorization));
        Assert.Contains("1 of 1 files analysed", asked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ModelThatFails_FallsBackToRulesAndSaysSo()
    {
        await using var model = await FakeModel.StartAsync(http => { http.Response.StatusCode = 500; return Task.CompletedTask; });

        var summary = await model.WriteAsync(Review);

        Assert.Equal((RuleSummary.Write(Review), "rules"), (summary.Text, summary.WrittenBy));
        Assert.Contains("tiny could not be asked", summary.Remark, StringComparison.Ordinal);
        Assert.Single(model.Requests); // asked once, not again and again
    }

    [Fact]
    public async Task Write_ModelThatTakesTooLong_FallsBackToRulesAndSaysSo()
    {
        await using var model = await FakeModel.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted), timeoutSeconds: 0.2);

        var summary = await model.WriteAsync(Review);

        Assert.Equal("rules", summary.WrittenBy);
        Assert.Contains("did not answer within 0.2 s", summary.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WithoutAModel_IsWrittenByRules()
    {
        using var host = Host([]);

        var summary = await host.Services.GetRequiredService<SummaryWriter>().WriteAsync(Review, Token);

        Assert.Equal((RuleSummary.Write(Review), "rules", ""), (summary.Text, summary.WrittenBy, summary.Remark));
    }

    [Fact]
    public void Start_EndpointWithoutModel_SaysWhatIsMissing()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Host(new() { ["Llm:Endpoint"] = "http://127.0.0.1:1/v1" }));

        Assert.Contains("Llm:Model", error.Message, StringComparison.Ordinal);
    }

    private static object Answer(string text) => new
    {
        id = "1",
        @object = "chat.completion",
        created = 1,
        model = "tiny",
        choices = new[] { new { index = 0, finish_reason = "stop", message = new { role = "assistant", content = text } } },
    };

    private static IHost Host(Dictionary<string, string?> settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging();
        builder.AddSummary();
        return builder.Build();
    }

    /// <summary>A server that speaks as a language model's endpoint does.</summary>
    private sealed class FakeModel(WebApplication server, List<(string Path, string? Authorization, string Body)> requests, double timeoutSeconds) : IAsyncDisposable
    {
        public IReadOnlyList<(string Path, string? Authorization, string Body)> Requests => requests;

        public static async Task<FakeModel> StartAsync(RequestDelegate answer, double timeoutSeconds = 30)
        {
            var requests = new List<(string, string?, string)>();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var server = builder.Build();
            server.Run(async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                requests.Add((http.Request.Path, http.Request.Headers.Authorization, await reader.ReadToEndAsync(http.RequestAborted)));
                await answer(http);
            });
            await server.StartAsync(Token);
            return new FakeModel(server, requests, timeoutSeconds);
        }

        public async Task<Summary> WriteAsync(ReviewedFiles review)
        {
            using var host = Host(new()
            {
                ["Llm:Endpoint"] = $"{server.Urls.First()}/v1",
                ["Llm:Model"] = "tiny",
                ["Llm:ApiKey"] = "secret",
                ["Llm:TimeoutSeconds"] = timeoutSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
            return await host.Services.GetRequiredService<SummaryWriter>().WriteAsync(review, Token);
        }

        public async ValueTask DisposeAsync()
        {
            await server.StopAsync(CancellationToken.None);
            await server.DisposeAsync();
        }
    }
}
