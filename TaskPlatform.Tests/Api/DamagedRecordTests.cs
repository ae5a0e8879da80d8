using System.Buffers.Binary;
using System.Text.Json;
using StackExchange.Redis;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Engine.Records;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Api;

/// <summary>
/// A whole service on records that it cannot trust: the queue that they are of is not served, its callers, health and the log name the record, other queues go on, and
/// once the record is put back nothing is lost.
/// </summary>
public sealed class DamagedRecordTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const int Tasks = 0;
    private const int State = 1;
    private const int Meta = 2;

    private readonly string _bad = $"bad-{Guid.NewGuid():N}";
    private readonly string _good = $"good-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Which hash, which field, how it is damaged, and what every complaint has to say.</summary>
    public static TheoryData<int, string, string, string> Damages => new()
    {
        { Tasks, "open", "flipped", "The record of 'open' is damaged" },
        { Tasks, "open", "cut", "The record of 'open' is damaged" },
        { Tasks, "open", "empty", "The record of 'open' is cut short" },
        { Tasks, "open", "newer", "The record of 'open' has version 5" },
        { Tasks, "open:body", "flipped", "The record of 'open' is damaged" },
        { Tasks, "open:body", "gone", "The record of 'open' is pending, and the record of its body is missing|The record of 'open' has no body" },
        { Tasks, "done", "cut", "The record of 'done' is damaged" },
        { State, "agent:agent", "flipped", "The record of 'agent' is damaged" },
        { State, "agent:agent", "newer", "The record of 'agent' has version 5" },
        { Meta, "settings", "cut", "The record of 'settings' is damaged" },
        { Meta, "format", "newer format", "is stored in format 99" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Start_RecordDamaged_StopsItsQueueAndNoOtherUntilItIsPutBack(int hash, string field, string damage, string complaint)
    {
        await using var bed = await RedisBed.ConnectAsync(redis);
        await using (var before = new ApiHost(redis.ConnectionString)) await MakeAsync(before);
        var key = RedisBed.Keys(_bad)[hash];
        var sound = (byte[])(await bed.Database.HashGetAsync(key, field))!;

        await DamageAsync(bed.Database, key, field, sound, damage);
        await using (var host = new ApiHost(redis.ConnectionString)) await AssertStoppedAsync(host, complaint.Split('|'));
        await bed.Database.HashSetAsync(key, field, sound);

        await using var after = new ApiHost(redis.ConnectionString);
        var queue = new QueueCalls(after.Http, _bad);
        await Until.TrueAsync(async () => (await queue.GetAsync()).Status == 200, Cancel);
        Assert.Equal("pending", (await queue.GetAsync("/tasks/open")).Expect(200).State);
        Assert.Equal("7", (await queue.GetAsync("/tasks/done/result")).Expect(200).Text);
    }

    /// <summary>What is over is not read when a queue is loaded: its damage is found by whoever asks for it.</summary>
    [Theory]
    [InlineData("done:body", "flipped", "The record of 'done' is damaged")]
    [InlineData("done:result", "cut", "The record of 'done' is damaged")]
    [InlineData("done:result", "newer", "The record of 'done' has version 5")]
    [InlineData("done:result", "gone", "The record of 'done' has no result")]
    [InlineData("done:body", "gone", "The record of 'done' has no body")]
    public async Task Get_RecordDamagedThatWasNotLoaded_StopsItsQueueAndNoOther(string field, string damage, string complaint)
    {
        await using var bed = await RedisBed.ConnectAsync(redis);
        await using (var before = new ApiHost(redis.ConnectionString)) await MakeAsync(before);
        await using var host = new ApiHost(redis.ConnectionString);
        var queue = new QueueCalls(host.Http, _bad);
        await Until.TrueAsync(async () => (await queue.GetAsync("/tasks/open")).Status == 200, Cancel);
        var key = RedisBed.Keys(_bad)[Tasks];

        await DamageAsync(bed.Database, key, field, (byte[])(await bed.Database.HashGetAsync(key, field))!, damage);
        Assert.Contains(complaint, (await queue.GetAsync("/tasks/done")).ExpectProblem(503, "queue-unavailable")["detail"].GetString());

        await Until.TrueAsync(() => host.Faults.Any(fault => fault.Contains(_bad, StringComparison.Ordinal)), Cancel);
        await AssertStoppedAsync(host, complaint);
    }

    [Fact]
    public async Task Start_RecordsOfVersion1_AreServed()
    {
        await using var bed = await RedisBed.ConnectAsync(redis);
        await using (var before = new ApiHost(redis.ConnectionString)) await new QueueCalls(before.Http, _bad).PutAsync("", "{}");
        await PutVersion1Async(bed.Database, Tasks, "t", "state-least", "body-least");
        await PutVersion1Async(bed.Database, State, "agent:coder", "agent");
        await PutVersion1Async(bed.Database, Meta, "settings", "settings");

        await using var host = new ApiHost(redis.ConnectionString);
        var queue = new QueueCalls(host.Http, _bad);
        await Until.TrueAsync(async () => (await queue.GetAsync("/tasks/t")).Status == 200, Cancel);

        Assert.Equal(("x", "pending"), ((await queue.GetAsync("/tasks/t"))["type"].GetString(), (await queue.GetAsync("/tasks/t")).State));
        Assert.Contains("\"coder\"", (await queue.GetAsync("/agents")).Expect(200).Text);
        Assert.DoesNotContain(host.Faults, fault => fault.Contains(_bad, StringComparison.Ordinal));
    }

    private async Task PutVersion1Async(IDatabase database, int hash, string field, string record, string? body = null)
    {
        await database.HashSetAsync(RedisBed.Keys(_bad)[hash], field, Golden(record));
        if (body is null) return;
        // Bodies of the golden files are those of another task: the least one, written under this name.
        var bytes = Golden(body);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^4..), RecordWriter.Checksum(field, bytes.AsSpan(..^4)));
        await database.HashSetAsync(RedisBed.Keys(_bad)[hash], $"{field}:body", bytes);
    }

    private static byte[] Golden(string name) => GoldenTests.Parse(Path.Combine(GoldenTests.Folder, "v1", $"{name}.hex")).Record;

    /// <summary>Two queues, each with a task that is done and one that is open.</summary>
    private async Task MakeAsync(ApiHost host)
    {
        foreach (var queue in (QueueCalls[])[new(host.Http, _bad), new(host.Http, _good)])
        {
            await queue.PutAsync("", """{"ageingSeconds":600}""");
            var (_, id, token) = await queue.StartTaskAsync("""{"id":"done","type":"work"}""");
            await queue.CompleteAsync(id, token, "7");
            (await queue.SubmitAsync("""{"id":"open","type":"work"}""")).Expect(201);
        }
    }

    private static async Task DamageAsync(IDatabase database, RedisKey key, string field, byte[] record, string damage)
    {
        var name = field.Split(':')[field.StartsWith("agent:", StringComparison.Ordinal) ? 1 : 0];
        switch (damage)
        {
            case "gone": await database.HashDeleteAsync(key, field); return;
            case "empty": record = []; break;
            case "cut": record = record[..^1]; break;
            case "newer format": record = "99"u8.ToArray(); break;
            case "flipped":
                record = (byte[])record.Clone();
                record[record.Length / 2] ^= 1;
                break;
            case "newer":
                record = [(byte)(RecordWriter.Version + 1), .. record[1..]];
                BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^4..), RecordWriter.Checksum(name, record.AsSpan(..^4)));
                break;
        }
        await database.HashSetAsync(key, field, record);
    }

    private async Task AssertStoppedAsync(ApiHost host, params string[] complaints)
    {
        bool Complains(string? text) => complaints.Any(complaint => text?.Contains(complaint, StringComparison.Ordinal) == true);
        var (bad, good) = (new QueueCalls(host.Http, _bad), new QueueCalls(host.Http, _good));

        foreach (var call in (Func<Task<Answer>>[])[() => bad.SubmitAsync("""{"type":"work"}"""), () => bad.ClaimAsync(), () => bad.GetAsync("/tasks/open")])
        {
            var refused = (await call()).ExpectProblem(503, "queue-unavailable");
            Assert.True(Complains(refused["detail"].GetString()), refused.Text);
            Assert.True(int.Parse(refused.Header("Retry-After")!) >= 1);
        }
        var (_, id, token) = await good.TakeAsync();
        Assert.Equal("open", id);
        await good.CompleteAsync(id, token);
        (await good.SubmitAsync("""{"type":"work"}""")).Expect(201);

        using var health = await host.Http.GetAsync("/health", Cancel);
        var checks = JsonElement.Parse(await health.Content.ReadAsStringAsync(Cancel)).GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("description").GetString());
        Assert.Equal(503, (int)health.StatusCode);
        Assert.Contains(checks, check => Complains(check) && check!.Contains($"{_bad}: ", StringComparison.Ordinal) && !check.Contains($"{_good}: ", StringComparison.Ordinal));
        Assert.Contains(host.Faults, fault => Complains(fault) && fault.Contains(_bad, StringComparison.Ordinal));
        var listed = JsonElement.Parse(await host.Http.GetStringAsync("/v1/queues", Cancel)).GetProperty("queues").EnumerateArray()
            .ToDictionary(queue => queue.GetProperty("name").GetString()!, queue => queue.TryGetProperty("counts", out _));
        Assert.Equal((false, true), (listed[_bad], listed[_good]));
    }
}
