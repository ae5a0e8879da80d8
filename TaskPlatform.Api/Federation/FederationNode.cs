using System.Net;
using Microsoft.Extensions.Options;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Federation;

/// <summary>Speaks with the aggregator: registers the node and hands its sums in.</summary>
internal sealed class FederationNode(HttpClient client, NodeFigures figures, IOptions<FederationNodeOptions> options)
{
    private NodeRegistered? registered;

    private string Path => $"/v1/nodes/{options.Value.NodeId}";

    /// <summary>Reports once. An aggregator that does not know the node, because it was restarted, is told its name again.</summary>
    /// <returns>How long to wait before the next report.</returns>
    /// <exception cref="HttpRequestException">Nobody answered, or the aggregator refused; the message says why.</exception>
    public async Task<TimeSpan> ReportAsync(CancellationToken cancellationToken)
    {
        registered ??= await RegisterAsync(cancellationToken);
        var summary = await figures.SumAsync(cancellationToken);
        using var answer = await PostAsync(summary, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            registered = await RegisterAsync(cancellationToken);
            using var second = await PostAsync(summary, cancellationToken);
            await DemandSuccessAsync(second, cancellationToken);
        }
        else await DemandSuccessAsync(answer, cancellationToken);
        return TimeSpan.FromSeconds(registered.ReportSeconds);
    }

    private async Task<NodeRegistered> RegisterAsync(CancellationToken cancellationToken)
    {
        using var answer = await client.PutAsJsonAsync(Path, new NodeRegistration(), FederationJson.Default.NodeRegistration, cancellationToken);
        await DemandSuccessAsync(answer, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(FederationJson.Default.NodeRegistered, cancellationToken))!;
    }

    private Task<HttpResponseMessage> PostAsync(NodeSummary summary, CancellationToken cancellationToken)
        => client.PostAsJsonAsync($"{Path}/summary", summary, FederationJson.Default.NodeSummary, cancellationToken);

    private static async Task DemandSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode) return;
        var isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var problem = isProblem ? await answer.Content.ReadFromJsonAsync(WireJson.Default.Problem, cancellationToken) : null;
        throw new HttpRequestException($"{(int)answer.StatusCode} {problem?.Name}: {problem?.Detail}", null, answer.StatusCode);
    }
}
