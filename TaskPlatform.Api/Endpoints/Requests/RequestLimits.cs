namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>How much a request may carry. Past a size the answer is 413 <c>payload-too-large</c>, past a range 400 <c>invalid-request</c>.</summary>
public static class RequestLimits
{
    /// <summary>The body of a call about one task, in bytes.</summary>
    public const int BodyBytes = 1 << 20;

    /// <summary>The body of a graph or of a batch, in bytes.</summary>
    public const int BulkBodyBytes = 32 << 20;

    /// <summary>A payload, a result or a checkpoint, in bytes of JSON.</summary>
    public const int ValueBytes = 256 << 10;

    /// <summary>A message, a description, or an error's type and message together, in bytes of UTF-8.</summary>
    public const int TextBytes = 8 << 10;

    /// <summary>A task type or a capability, in characters.</summary>
    public const int WordLength = 128;

    /// <summary>Tasks in one graph.</summary>
    public const int GraphTasks = 10_000;

    /// <summary>Tasks or settlements in one batch.</summary>
    public const int BatchItems = 10_000;

    /// <summary>Labels of one task.</summary>
    public const int Labels = 32;

    /// <summary>A label's name, in characters.</summary>
    public const int LabelNameLength = 64;

    /// <summary>A label's value, in characters.</summary>
    public const int LabelValueLength = 256;

    /// <summary>Capabilities of a task or an agent, and types of a claim or a pause.</summary>
    public const int Words = 256;

    /// <summary>Dependencies of one task.</summary>
    public const int Dependencies = 10_000;

    /// <summary>Attempts of one task.</summary>
    public const int Attempts = 1_000;

    /// <summary>Tasks in one claim.</summary>
    public const int ClaimTasks = 1_000;

    /// <summary>Tasks that one instance of an agent may hold.</summary>
    public const int Concurrency = 10_000;

    /// <summary>The longest wait of a claim, or for a task to finish, in seconds.</summary>
    public const double WaitSeconds = 60;

    /// <summary>The shortest lease, attempt or stall time, in seconds.</summary>
    public const double ShortestSeconds = 0.1;

    /// <summary>The longest lease or backoff: a day, in seconds.</summary>
    public const double DaySeconds = 86_400;

    /// <summary>The longest attempt, stall time or deferral: a week, in seconds.</summary>
    public const double WeekSeconds = 7 * DaySeconds;

    /// <summary>The slowest ageing that still is one: a year, in seconds.</summary>
    public const double YearSeconds = 365 * DaySeconds;

    /// <summary>The highest count of model tokens that is believed.</summary>
    public const long UsageTokens = 1_000_000_000_000_000;

    /// <summary>The highest cost that is believed.</summary>
    public const double UsageCost = 1e12;

    /// <summary>Tasks on a page when the caller does not say.</summary>
    public const int PageDefault = 100;

    /// <summary>Tasks on a page at most.</summary>
    public const int PageMost = 1_000;

    /// <summary>An idempotency key, in characters.</summary>
    public const int IdempotencyKeyLength = 255;

    /// <summary>How deep JSON may be nested.</summary>
    public const int Depth = 64;

    /// <summary>Bad fields that an answer lists; the rest is counted.</summary>
    public const int ErrorsListed = 200;
}
