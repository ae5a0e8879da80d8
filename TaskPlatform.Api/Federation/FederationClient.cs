using System.Net;
using System.Text.Json;
using TaskPlatform.Client.Federation;
using TaskPlatform.Client.Wire;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Api.Federation;

/// <summary>What the aggregator says to a node's answer. A closed set.</summary>
internal abstract record Exchanged
{
    private Exchanged()
    {
    }

    /// <summary>The next message of the round, or of the next one.</summary>
    public sealed record Message(RoundPosition Position, byte[] Bytes) : Exchanged;

    /// <summary>There is no message yet; an answer that was brought is taken.</summary>
    public sealed record Nothing : Exchanged;

    /// <summary>The answer was not taken: the round goes on without this node.</summary>
    public sealed record Refused(string Reason, string Detail) : Exchanged;
}

/// <summary>Talks to the aggregator: brings answers, takes messages, reads figures. All that leaves the node for the aggregator goes through here.</summary>
/// <param name="http">To the aggregator; proves who this node is, and who the aggregator.</param>
internal sealed class FederationClient(HttpClient http) : IDisposable
{
    private const string ExchangePath = "/v1/rounds/exchange";
    private const string FiguresPath = "/v1/federation?after=";

    /// <summary>Brings an answer and waits for the next message. Repeating is harmless.</summary>
    /// <param name="position">The last message that the node has.</param>
    /// <param name="answer">The answer to it; null: none, or it was brought before.</param>
    /// <param name="cancellationToken">The node stops.</param>
    /// <exception cref="HttpRequestException">Nobody answered, or not as it should be.</exception>
    public async Task<Exchanged> ExchangeAsync(RoundPosition position, byte[]? answer, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ExchangePath) { Content = new ByteArrayContent(answer ?? []) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Headers.Add(RoundPosition.Header, position.ToString());
        using var reply = await http.SendAsync(request, cancellationToken);
        switch (reply.StatusCode)
        {
            case HttpStatusCode.OK:
                return new Exchanged.Message(PositionOf(reply), await reply.Content.ReadAsByteArrayAsync(cancellationToken));
            case HttpStatusCode.NoContent:
                return new Exchanged.Nothing();
            case HttpStatusCode.Conflict:
                var problem = await ProblemOfAsync(reply, cancellationToken);
                return new Exchanged.Refused(ReasonOf(problem), problem.Detail ?? "");
            default:
                throw await UnexpectedAsync(reply, cancellationToken);
        }
    }

    /// <summary>The figures of a round behind another; null when there are none yet.</summary>
    /// <exception cref="HttpRequestException">Nobody answered, or not as it should be.</exception>
    public async Task<FederationReport?> FiguresAsync(long after, CancellationToken cancellationToken)
    {
        using var reply = await http.GetAsync($"{FiguresPath}{after}", cancellationToken);
        if (reply.StatusCode == HttpStatusCode.NoContent) return null;
        if (!reply.IsSuccessStatusCode)
        {
            var problem = await ProblemOfAsync(reply, cancellationToken);
            return problem.Name == "no-figures" ? null : throw Unexpected(reply, problem);
        }
        try
        {
            return await reply.Content.ReadFromJsonAsync(FederationJson.Default.FederationReport, cancellationToken);
        }
        catch (JsonException wrong)
        {
            throw new HttpRequestException($"The figures cannot be read: {wrong.Message}", wrong);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static RoundPosition PositionOf(HttpResponseMessage reply)
    {
        var text = reply.Headers.TryGetValues(RoundPosition.Header, out var values) ? values.FirstOrDefault() : null;
        return RoundPosition.TryParse(text, out var position) ? position : throw new HttpRequestException($"The aggregator's message has no {RoundPosition.Header}.");
    }

    private static string ReasonOf(Problem problem)
        => problem.Extensions?.GetValueOrDefault("reason") is { ValueKind: JsonValueKind.String } reason ? reason.GetString()! : problem.Name;

    private static async Task<HttpRequestException> UnexpectedAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
        => Unexpected(reply, await ProblemOfAsync(reply, cancellationToken));

    private static HttpRequestException Unexpected(HttpResponseMessage reply, Problem problem)
        => new($"{(int)reply.StatusCode} {problem.Name}: {problem.Detail}", null, reply.StatusCode);

    private static async Task<Problem> ProblemOfAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
        => Problem.Read(await reply.Content.ReadAsByteArrayAsync(cancellationToken)) ?? new Problem();
}
