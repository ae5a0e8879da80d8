using TaskPlatform.Client.Wire;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>How endpoints say for the document what their handlers read for themselves.</summary>
internal static class CallDescriptions
{
    /// <summary>Names a call: its id in the document, and what it does in a sentence.</summary>
    public static RouteHandlerBuilder Named(this RouteHandlerBuilder builder, string operationId, string summary)
        => builder.WithName(operationId).WithSummary(summary);

    /// <summary>The call has a body.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder builder, bool isRequired = true)
        => builder.WithMetadata(new BodyMetadata(typeof(T), isRequired));

    /// <summary>The call has a parameter behind the question mark.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder builder, string name, string description, bool isNumber = false)
        => builder.WithMetadata(new QueryMetadata(name, description, isNumber));

    /// <summary>The call may end with these problems, and with those that every call of its method may.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder builder, params string[] names) => builder.WithMetadata(new RefusalMetadata(names));

    /// <summary>An answer whose type says nothing.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder builder, int status, string contentType, string description)
        => builder.WithMetadata(new AnswerMetadata(status, contentType, description));
}
