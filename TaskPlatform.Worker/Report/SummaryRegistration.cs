using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace TaskPlatform.Worker.Report;

/// <summary>Chooses who writes the summary.</summary>
internal static class SummaryRegistration
{
    /// <summary>Adds the summary's author: a language model where one is configured, otherwise rules alone.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is given without a model.</exception>
    public static void AddSummary(this IHostApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Llm").Get<LlmOptions>() ?? new LlmOptions();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<SummaryWriter>();
        if (options.Endpoint is null) return;
        if (string.IsNullOrEmpty(options.Model)) throw new InvalidOperationException("Llm:Endpoint is set without Llm:Model. Name the model, or leave both out.");
        builder.Services.AddSingleton(Client(options));
    }

    // One try: the report does not wait for a model that is away, it says so.
    private static IChatClient Client(LlmOptions options) =>
        new OpenAIClient(
            new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? "none" : options.ApiKey),
            new OpenAIClientOptions { Endpoint = options.Endpoint, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) })
            .GetChatClient(options.Model).AsIChatClient();
}
