using System.Globalization;
using TaskPlatform.Tests.Api;

namespace TaskPlatform.Tests.Guarantees;

/// <summary>The same call many times at once has one effect.</summary>
public sealed class RepeatedCallTests(SharedApi api)
{
    private const int Keys = 200;
    private const int AtOnce = 16;

    [Fact]
    public async Task Submit_SameKeyManyTimesAtOnce_MakesOneTask()
    {
        var queue = await api.QueueAsync();
        var created = 0;

        var ids = await RepeatAsync(async number =>
        {
            var answer = await KnownAsync(() => queue.SubmitAsync("""{"type":"work"}""", key: $"key-{number}"));
            Assert.True(answer.Status is 200 or 201, answer.Text);
            if (answer.Status == 201) Interlocked.Increment(ref created);
            return answer["id"].GetString()!;
        });

        Assert.All(ids, same => Assert.Single(same.Distinct()));
        Assert.InRange(created, 0, Keys);
        Assert.Equal(Keys, ids.SelectMany(same => same).Distinct().Count());
        Assert.Equal(Keys, await CountAsync(queue, "pending"));
    }

    [Fact]
    public async Task Claim_SameClaimIdManyTimesAtOnce_GrantsOneLease()
    {
        var queue = await api.QueueAsync();
        for (var number = 0; number < 2 * Keys; number++) await KnownAsync(() => queue.SubmitAsync($$"""{"id":"t{{number}}","type":"work"}"""));

        var tokens = await RepeatAsync(async number =>
        {
            var answer = await KnownAsync(() => queue.ClaimAsync($$"""{"agentId":"agent","claimId":"claim-{{number}}"}"""));
            return Assert.Single(answer.Expect(200)["tasks"].EnumerateArray()).GetProperty("lease").GetProperty("token").GetString()!;
        });

        Assert.All(tokens, same => Assert.Single(same.Distinct()));
        Assert.Equal(Keys, await CountAsync(queue, "assigned"));
    }

    [Fact]
    public async Task Complete_ManyTimesAtOnce_IsAcceptedOnceAndAnsweredAlike()
    {
        var queue = await api.QueueAsync();
        for (var number = 0; number < Keys; number++)
        {
            await KnownAsync(() => queue.SubmitAsync($$"""{"id":"t{{number}}","type":"work"}"""));
            var claimed = await KnownAsync(() => queue.ClaimAsync($$"""{"agentId":"agent","claimId":"claim-{{number}}"}"""));
            var task = Assert.Single(claimed.Expect(200)["tasks"].EnumerateArray());
            var (id, token) = (task.GetProperty("id").GetString(), task.GetProperty("lease").GetProperty("token").GetString());
            var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(copy => KnownAsync(() => queue.PostAsync(
                $"/tasks/{id}/complete", string.Create(CultureInfo.InvariantCulture, $$"""{"leaseToken":"{{token}}","result":{{copy}}}""")))));

            Assert.All(answers, answer => answer.Expect(200));
            Assert.Single(answers.Select(answer => answer["result"].GetRawText()).Distinct());
        }
        Assert.Equal(Keys, await CountAsync(queue, "completed"));
    }

    /// <summary>A 503 may have happened or not, on a machine that is busy: the call is repeated until somebody says what became of it.</summary>
    private static async Task<Answer> KnownAsync(Func<Task<Answer>> call)
    {
        var answer = await call();
        while (answer.Status == 503) answer = await call();
        return answer;
    }

    private static async Task<string[][]> RepeatAsync(Func<int, Task<string>> call)
        => await Task.WhenAll(Enumerable.Range(0, Keys).Select(number => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => call(number)))));

    private static async Task<int> CountAsync(QueueCalls queue, string state)
        => (await queue.GetAsync()).Expect(200)["counts"].GetProperty(state).GetInt32();
}
