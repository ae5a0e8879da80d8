using System.Text.Json;
using System.Text.RegularExpressions;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>A call as the OpenAPI document describes it.</summary>
/// <param name="Id">Its operation id.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The address, with its parameters in braces.</param>
/// <param name="Queries">Names of the parameters behind the question mark.</param>
/// <param name="Body">The schema of its body; null: it has none.</param>
/// <param name="Problems">The problems that it may end with, as status and name.</param>
internal sealed partial record DocumentedCall(
    string Id, string Method, string Path, IReadOnlyList<string> Queries, JsonElement? Body, IReadOnlySet<(int Status, string Name)> Problems)
{
    /// <summary>Whether an answer may take long: the call may wait, or never ends.</summary>
    public bool MayWait => Id is "claimTasks" or "getTask" or "watchQueue";

    /// <summary>Whether the call shows a lease.</summary>
    public bool IsLeased => Id is "heartbeat" or "completeTask" or "failTask" or "releaseTask" or "addChildren" or "ask";

    /// <summary>Every call of a document.</summary>
    public static IReadOnlyList<DocumentedCall> ReadAll(JsonElement document) =>
    [
        .. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(call => Read(path.Name, call.Name, call.Value))),
    ];

    private static DocumentedCall Read(string path, string method, JsonElement call) => new(
        call.GetProperty("operationId").GetString()!,
        method.ToUpperInvariant(),
        path,
        [.. Parameters(call).Where(given => given.GetProperty("in").GetString() == "query").Select(given => given.GetProperty("name").GetString()!)],
        call.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").GetProperty("application/json").GetProperty("schema") : null,
        call.GetProperty("responses").EnumerateObject().Where(answer => answer.Name[0] is '4' or '5').SelectMany(
            answer => ProblemName().Matches(answer.Value.GetProperty("description").GetString()!).Select(name => (int.Parse(answer.Name), name.Value[..^1]))).ToHashSet());

    private static IEnumerable<JsonElement> Parameters(JsonElement call) => call.TryGetProperty("parameters", out var given) ? given.EnumerateArray() : [];

    [GeneratedRegex("[a-z][a-z-]*:")]
    private static partial Regex ProblemName();
}
