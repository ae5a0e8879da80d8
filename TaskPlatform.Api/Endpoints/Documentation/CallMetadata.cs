namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>The type of a body that the handler reads itself.</summary>
internal sealed record BodyMetadata(Type Type, bool IsRequired);

/// <summary>The problems that a call may end with, beside those that every call may.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<string> Names);

/// <summary>A parameter behind the question mark.</summary>
internal sealed record QueryMetadata(string Name, string Description, bool IsNumber);

/// <summary>What an answer looks like whose type says nothing, or that has none.</summary>
internal sealed record AnswerMetadata(int Status, string ContentType, string Description);
