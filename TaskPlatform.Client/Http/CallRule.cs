namespace TaskPlatform.Client.Http;

/// <summary>What the resilience handler has to know of one call; it travels with the request.</summary>
/// <param name="AttemptTimeout">How long one attempt may take.</param>
/// <param name="RetryFor">For how long it may be repeated.</param>
/// <param name="StartedAt">When the call began, as a timestamp of the time provider.</param>
/// <param name="NamedInBody">The body carries a claim id or lease tokens, so that a repeat is recognised.</param>
internal sealed record CallRule(TimeSpan AttemptTimeout, TimeSpan RetryFor, long StartedAt, bool NamedInBody)
{
    public const string IdempotencyKey = "Idempotency-Key";

    private static readonly HttpRequestOptionsKey<CallRule> OptionsKey = new("TaskPlatform.CallRule");

    public void Attach(HttpRequestMessage request) => request.Options.Set(OptionsKey, this);

    /// <summary>The request's rule; a request made without the typed client gets the defaults, counted from its first attempt.</summary>
    public static CallRule Of(HttpRequestMessage request, TaskPlatformClientOptions options, TimeProvider time)
    {
        if (request.Options.TryGetValue(OptionsKey, out var rule)) return rule;
        rule = new CallRule(options.AttemptTimeout, options.RetryFor, time.GetTimestamp(), NamedInBody: false);
        rule.Attach(request);
        return rule;
    }

    /// <summary>
    /// Only what the service recognises as a repeat, or what comes to the same when it is done again, may be repeated: after a lost answer nobody
    /// knows whether it happened.
    /// </summary>
    public bool MayRepeat(HttpRequestMessage request) =>
        NamedInBody || request.Method != HttpMethod.Post || request.Headers.Contains(IdempotencyKey);
}
