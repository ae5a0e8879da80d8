namespace TaskPlatform.Worker.Report;

/// <summary>The section <c>Llm</c> of the configuration: a language model behind any OpenAI-compatible endpoint.</summary>
internal sealed record LlmOptions
{
    /// <summary>The endpoint's address, for example <c>http://127.0.0.1:11434/v1</c>; without one no model is asked.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The model's name; required with an endpoint.</summary>
    public string? Model { get; init; }

    /// <summary>The key; local endpoints take any.</summary>
    public string ApiKey { get; init; } = "none";

    /// <summary>How long the model may take, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = 60;
}
