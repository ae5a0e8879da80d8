using System.Text.Json;
using Grpc.Core;
using TaskPlatform.Client.Protocol;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Grpc;

/// <summary>Submits, reads and events over gRPC, to the real service and a real Redis.</summary>
public sealed class SubmitStreamTests(SharedApi shared) : IAsyncLifetime
{
    private ApiHost _api = null!;
    private StreamCalls _calls = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await shared.HostAsync();
        _calls = new StreamCalls(_api);
    }

    public ValueTask DisposeAsync()
    {
        _calls.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Submit_ThousandInOneMessage_AreEachAnsweredAndStored()
    {
        var items = Enumerable.Range(0, 1_000).Select(number => new SubmitItem { Number = (ulong)number, Type = "work", Payload = StreamCalls.Json($"{number}") }).ToArray();

        var outcomes = await _calls.SubmitAsync(items);

        Assert.Equal(items.Select(item => item.Number), outcomes.Select(outcome => outcome.Number));
        Assert.All(outcomes, outcome => Assert.Equal((201, "pending"), (outcome.Status, outcome.State)));
        Assert.Equal(1_000, outcomes.Select(outcome => outcome.Id).Distinct().Count());
        Assert.Equal("999", (await GetAsync(outcomes[999].Id)).GetProperty("payload").GetRawText());
    }

    [Fact]
    public async Task Submit_Repeated_IsAnsweredWithTheFirstAndAnotherBodyIsAConflict()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a"));

        var outcomes = await _calls.SubmitAsync(With(1, StreamCalls.Task("a")), With(2, StreamCalls.Task("a", payload: "2")));

        Assert.Equal([200, 409], outcomes.Select(outcome => outcome.Status));
        Assert.Equal("id-conflict", outcomes[1].Problem.Name);
    }

    [Fact]
    public async Task Submit_OfTheSameTaskOverHttp_IsTheSameTask()
    {
        await _calls.SubmitAsync(StreamCalls.Task("a", payload: """{"b": [1, "x"]}""", more: """{"labels":{"team":"one"},"maxAttempts":2,"description":"d"}"""));

        var http = new QueueCalls(_api.Http, _calls.Queue);

        (await http.PostAsync("/tasks", """{"id":"a","type":"work","payload":{"b":[1,"x"]},"labels":{"team":"one"},"maxAttempts":2,"description":"d"}""")).Expect(200);
    }

    [Theory]
    [InlineData("", "1", "", "type")]
    [InlineData("work", "{", "", "body")]
    [InlineData("work", "1,\"type\":\"other\"", "", "body")]
    [InlineData("work", "\"\\ud800\"", "", "body")]
    [InlineData("work", "1", "{\"maxAttempts\":0}", "maxAttempts")]
    [InlineData("work", "1", "{\"nonsense\":0}", "nonsense")]
    [InlineData("work", "1", "[]", "more")]
    [InlineData("work", "1", "{\"type\":\"other\"}", "body")]
    [InlineData("work", "1", "{}}", "body")]
    public async Task Submit_WhatIsWrong_IsRefusedByItsFieldAndOthersAreTaken(string type, string payload, string more, string field)
    {
        var outcomes = await _calls.SubmitAsync(With(1, StreamCalls.Task("bad", type, payload, more)), With(2, StreamCalls.Task("good")));

        Assert.Equal((400, "invalid-request"), (outcomes[0].Status, outcomes[0].Problem.Name));
        Assert.Contains(field, outcomes[0].Problem.Errors.Select(error => error.Field));
        Assert.Equal(201, outcomes[1].Status);
    }

    [Fact]
    public async Task Submit_TooLargeAPayload_IsRefusedAsOverHttp()
    {
        var outcome = Assert.Single(await _calls.SubmitAsync(StreamCalls.Task("big", payload: $"\"{new string('x', 256 << 10)}\"")));

        Assert.Equal((413, "payload-too-large"), (outcome.Status, outcome.Problem.Name));
    }

    [Fact]
    public async Task Submit_WithoutAQueue_EndsTheCallWithTheProblem()
    {
        using var call = _calls.Client.Submit(cancellationToken: Ct);
        await call.RequestStream.WriteAsync(new SubmitRequest { Tasks = { StreamCalls.Task("a") } }, Ct);

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal("urn:taskplatform:problem:invalid-request", Problem(refused).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Get_UnknownTaskAndUnknownQueue_AreNotFound()
    {
        var queue = await Assert.ThrowsAsync<RpcException>(() => GetAsync("nothing"));
        await _calls.SubmitAsync(StreamCalls.Task("a"));
        var task = await Assert.ThrowsAsync<RpcException>(() => GetAsync("nothing"));

        Assert.Equal((StatusCode.NotFound, "urn:taskplatform:problem:queue-not-found"), (queue.StatusCode, Problem(queue).GetProperty("type").GetString()));
        Assert.Equal((StatusCode.NotFound, "urn:taskplatform:problem:task-not-found"), (task.StatusCode, Problem(task).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Watch_FromItsStart_TellsWhatHappensInOrder()
    {
        await _calls.SubmitAsync(StreamCalls.Task("before"));
        using var watch = _calls.Client.Watch(new WatchRequest { Queue = _calls.Queue, LastEventId = "0-0-0" }, cancellationToken: Ct);
        // Where it stands is not known any more: the first event says so, and that it listens.
        Assert.True(await watch.ResponseStream.MoveNext(Ct));
        Assert.Equal("reset", watch.ResponseStream.Current.Events[0].Kind);

        await _calls.SubmitAsync(StreamCalls.Task("a"), StreamCalls.Task("b"));

        var seen = new List<Event>();
        while (seen.Count < 2 && await watch.ResponseStream.MoveNext(Ct)) seen.AddRange(watch.ResponseStream.Current.Events);
        Assert.Equal([("submitted", "a", "pending"), ("submitted", "b", "pending")], seen.Select(happened => (happened.Kind, happened.TaskId, happened.State)));
        Assert.Equal("a", JsonDocument.Parse(seen[0].Event_.Memory).RootElement.GetProperty("taskId").GetString());
    }

    private static SubmitItem With(ulong number, SubmitItem item)
    {
        item.Number = number;
        return item;
    }

    private static JsonElement Problem(RpcException refused) => JsonDocument.Parse(refused.Trailers.GetValueBytes("problem-bin")).RootElement;

    private async Task<JsonElement> GetAsync(string id)
    {
        var reply = await _calls.Client.GetAsync(new GetRequest { Queue = _calls.Queue, Id = id }, cancellationToken: Ct);
        return JsonDocument.Parse(reply.Task.Memory).RootElement;
    }
}
