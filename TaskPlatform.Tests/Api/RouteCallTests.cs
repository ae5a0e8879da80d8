namespace TaskPlatform.Tests.Api;

/// <summary>Who may take the tasks that name a route.</summary>
public sealed class RouteCallTests(SharedApi api)
{
    private const string Settings = """
        {"candidates":[{"capability":"small","costPerTask":0.1,"quality":0.6,"seconds":2,"rateLimitKey":"api","budgetKey":"models"},{"capability":"large","costPerToken":0.001,"quality":0.95}],
         "minimumQuality":0.25,"minimumConfidence":0.5,"verifier":"check","verifierCost":0.01,"fallback":"local","quotaPatienceSeconds":5}
        """;

    [Fact]
    public async Task Put_New_Is201WithEveryFieldAndReplaced200()
    {
        var queue = await api.QueueAsync();

        var made = (await queue.PutAsync("/routes/answers", Settings)).Expect(201);
        var read = (await queue.GetAsync("/routes/answers")).Expect(200);
        var listed = (await queue.GetAsync("/routes")).Expect(200);
        var replaced = (await queue.PutAsync("/routes/answers", """{"candidates":[{"capability":"c"}]}""")).Expect(200);

        Assert.Equal(
            """{"name":"answers","candidates":[{"capability":"small","costPerTask":0.1,"quality":0.6,"seconds":2,"rateLimitKey":"api","budgetKey":"models"},"""
            + """{"capability":"large","costPerToken":0.001,"quality":0.95,"seconds":0}],"minimumQuality":0.25,"minimumConfidence":0.5,"verifier":"check","verifierCost":0.01,"fallback":"local","quotaPatienceSeconds":5,"figures":[]}""",
            made.Text);
        Assert.EndsWith("/routes/answers", made.Header("Location"), StringComparison.Ordinal);
        Assert.Equal((made.Text, $$"""{"routes":[{{made.Text}}]}"""), (read.Text, listed.Text));
        Assert.Equal(
            """{"name":"answers","candidates":[{"capability":"c","quality":0.5,"seconds":0}],"minimumQuality":0,"minimumConfidence":0,"verifierCost":0,"quotaPatienceSeconds":10,"figures":[]}""", replaced.Text);
    }

    [Fact]
    public async Task Delete_IsGone()
    {
        var queue = await api.QueueAsync();
        (await queue.PutAsync("/routes/a", """{"candidates":[{"capability":"c"}]}""")).Expect(201);

        (await queue.DeleteAsync("/routes/a")).Expect(204);

        (await queue.DeleteAsync("/routes/a")).ExpectProblem(404, "route-not-found");
        (await queue.GetAsync("/routes/a")).ExpectProblem(404, "route-not-found");
        Assert.Equal("""{"routes":[]}""", (await queue.GetAsync("/routes")).Expect(200).Text);
    }

    [Theory]
    [InlineData("{}", new[] { "candidates" })]
    [InlineData("""{"candidates":[]}""", new[] { "candidates" })]
    [InlineData("""{"candidates":[{}]}""", new[] { "candidates[0].capability" })]
    [InlineData("""{"candidates":[{"capability":"a"},{"capability":"a"}]}""", new[] { "candidates[1].capability" })]
    [InlineData("""{"candidates":[{"capability":"a","quality":2,"costPerTask":-1,"costPerToken":"x","seconds":-1,"rateLimitKey":"a b","budgetKey":7,"price":1}]}""",
        new[] { "candidates[0].costPerTask", "candidates[0].costPerToken", "candidates[0].quality", "candidates[0].seconds", "candidates[0].rateLimitKey", "candidates[0].budgetKey", "candidates[0].price" })]
    [InlineData("""{"candidates":[{"capability":"a"}],"minimumQuality":-1,"minimumConfidence":2,"verifier":"","verifierCost":-1,"fallback":3,"quotaPatienceSeconds":-1,"more":1}""",
        new[] { "minimumQuality", "minimumConfidence", "verifier", "verifierCost", "fallback", "quotaPatienceSeconds", "more" })]
    public async Task Put_BadFields_AreAllNamed(string json, string[] fields)
    {
        var queue = await api.QueueAsync();

        Assert.Equal(fields, (await queue.PutAsync("/routes/a", json)).ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Task_WithRoute_IsGivenToItsCandidateAndSaysWhy()
    {
        var queue = await api.QueueAsync();
        (await queue.PutAsync("/agents/cheap", """{"capabilities":["work","small"]}""")).Expect(200);
        (await queue.PutAsync("/agents/dear", """{"capabilities":["work","large"]}""")).Expect(200);
        (await queue.PutAsync("/routes/answers", """{"candidates":[{"capability":"small","costPerTask":0.1,"quality":0.6},{"capability":"large","costPerTask":1,"quality":0.95}]}""")).Expect(201);

        var submitted = (await queue.SubmitAsync("""{"id":"t","type":"work","route":"answers","backoff":{"initialSeconds":0,"maxSeconds":0}}""")).Expect(201);
        var why = (await queue.GetAsync("/tasks/t/why")).Expect(200);
        var (_, id, token) = await queue.TakeAsync("""{"agentId":"cheap"}""");
        (await queue.PostAsync($"/tasks/{id}/fail", $$"""{"leaseToken":"{{token}}","error":{"type":"broken","message":"It broke."} }""")).Expect(200);
        var (again, _, _) = await queue.TakeAsync("""{"agentId":"dear","waitSeconds":60}""");
        var route = (await queue.GetAsync("/routes/answers")).Expect(200);

        Assert.Equal(
            """{"route":"answers","candidate":"small","reason":"the cheapest expected to pass: 0.166667 a pass, cost 0.1, quality 0.6 by 0 attempts","tried":[]}""", submitted["routing"].GetRawText());
        Assert.EndsWith("Its route 'answers' gave it to 'small': the cheapest expected to pass: 0.166667 a pass, cost 0.1, quality 0.6 by 0 attempts.", why["text"].GetString(), StringComparison.Ordinal);
        Assert.Equal(("large", "small"), (again.GetProperty("routing").GetProperty("candidate").GetString(), again.GetProperty("routing").GetProperty("tried")[0].GetString()));
        Assert.Equal((1, 0, "small"), (route["figures"][0].GetProperty("attempts").GetInt32(), route["figures"][0].GetProperty("passRate").GetInt32(), route["figures"][0].GetProperty("capability").GetString()));
    }
}
