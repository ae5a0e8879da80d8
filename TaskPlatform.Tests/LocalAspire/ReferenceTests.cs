using System.Collections;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.LocalAspire;

public sealed class ReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithReferences_HandsOverAspiresVariablesAndNoOthers()
    {
        await using var app = await ProbeApp.StartAsync("references",
            "--Parameters:key=secret", "--ConnectionStrings:given=elsewhere:6379", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:18889");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("client", Token);
        using var client = app.CreateHttpClient("client");
        var variables = (await client.GetFromJsonAsync<Dictionary<string, string>>("/variables", Token))!;
        var web = app.GetEndpoint("web-site").ToString().TrimEnd('/');

        var given = GivenOver(variables);
        var urls = Assert.Contains("ASPNETCORE_URLS", (IDictionary<string, string>)given);
        var attributes = Assert.Contains("OTEL_RESOURCE_ATTRIBUTES", (IDictionary<string, string>)given);
        Assert.Matches(@"^http://localhost:\d+$", urls);
        Assert.NotEqual(app.GetEndpoint("client").ToString().TrimEnd('/'), urls);
        Assert.Matches("^service.instance.id=[0-9a-z]{8}$", attributes);
        Assert.Equal(Lines(new SortedDictionary<string, string>
        {
            ["ADDRESS"] = web,
            ["ASPNETCORE_URLS"] = urls,
            ["ConnectionStrings__given"] = "elsewhere:6379",
            ["ConnectionStrings__redis"] = (await app.GetConnectionStringAsync("redis", Token))!,
            ["KEY"] = "secret",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:18889",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_RESOURCE_ATTRIBUTES"] = attributes,
            ["OTEL_SERVICE_NAME"] = "client",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
            ["TEXT"] = "as it is",
            ["WEB_SITE_HTTP"] = web,
            ["services__web-site__http__0"] = web,
        }), Lines(given));
        Assert.Matches(@"^localhost:\d+,abortConnect=false$", given["ConnectionStrings__redis"]);
    }

    [Fact]
    public async Task Build_WithoutAParametersValue_SaysWhatToSet()
    {
        await using var app = await ProbeApp.StartAsync("references", "--ConnectionStrings:given=elsewhere:6379");

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("client", Token));

        Assert.Contains("'client' is FailedToStart", error.Message, StringComparison.Ordinal);
    }

    private static string Lines(SortedDictionary<string, string> variables) =>
        string.Join('\n', variables.Select(variable => $"{variable.Key}={variable.Value}"));

    /// <summary>What the child has and this process has not: the rest is inherited.</summary>
    private static SortedDictionary<string, string> GivenOver(Dictionary<string, string> variables)
    {
        var own = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value);
        string[] setByTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
        return new SortedDictionary<string, string>(variables
            .Where(v => !setByTheShell.Contains(v.Key) && own.GetValueOrDefault(v.Key) != v.Value).ToDictionary());
    }
}
