namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>How much a request may carry. Past a size the answer is 413 <c>payload-too-large</c>, past a range 400 <c>invalid-request</c>.</summary>
public static class RequestLimits
{
    /// <summary>The body of a call about one task, in bytes.</summary>
    public const int BodyBytes = 1 << 20;

    /// <summary>The body of a graph, of a batch or of added children, in bytes.</summary>
    public const int BulkBodyBytes = 32 << 20;

    /// <summary>A payload, a result, a checkpoint or an answer, in bytes of JSON.</summary>
    public const int ValueBytes = 256 << 10;

    /// <summary>A message, a description, a question, or an error's type and message together, in bytes of UTF-8.</summary>
    public const int TextBytes = 8 << 10;

    /// <summary>A task type or a capability, in characters.</summary>
    public const int WordLength = 128;

    /// <summary>Tasks in one graph.</summary>
    public const int GraphTasks = 10_000;

    /// <summary>Tasks or settlements in one batch.</summary>
    public const int BatchItems = 10_000;

    /// <summary>Tasks that one call adds to a task.</summary>
    public const int ChildTasks = 1_000;

    /// <summary>Choices of one question.</summary>
    public const int Choices = 32;

    /// <summary>A choice, in characters.</summary>
    public const int ChoiceLength = 256;

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

    /// <summary>Slots that one task may take, and its share of a turn.</summary>
    public const int Weight = 10_000;

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

    /// <summary>The slowest ageing, the longest period of a rate or a budget, and the longest retention: a year, in seconds.</summary>
    public const double YearSeconds = 365 * DaySeconds;

    /// <summary>The shortest time that a unique key may stay taken: a millisecond, in seconds.</summary>
    public const double UniqueSeconds = 0.001;

    /// <summary>A schedule's name, in characters.</summary>
    public const int NameLength = 64;

    /// <summary>Candidates of a route.</summary>
    public const int RouteCandidates = 16;

    /// <summary>A cron expression or the name of a time zone, in bytes.</summary>
    public const int ScheduleTextBytes = 256;

    /// <summary>Patterns in one of a queue's settings.</summary>
    public const int KeyPatterns = 1_000;

    /// <summary>Tasks of a concurrency key at the same time, or grants of a rate limit key in a period.</summary>
    public const int FlowCount = 1_000_000;

    /// <summary>The smallest weight of a fairness key.</summary>
    public const double FairnessLeast = 0.001;

    /// <summary>The largest weight of a fairness key.</summary>
    public const double FairnessMost = 1_000_000;

    /// <summary>Finished tasks that a queue keeps.</summary>
    public const int RetentionCount = 100_000_000;

    /// <summary>Unfinished tasks that a queue may be set to hold; it never holds more than the service's own limit.</summary>
    public const int UnfinishedTasks = 100_000_000;

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

    /// <summary>The most that a weight of matching may be, in points.</summary>
    public const double Points = 1_000_000;

    /// <summary>How long an agent may be left waiting for a better fit, in seconds.</summary>
    public const double PatienceSeconds = 3_600;

    /// <summary>The id of a debate, in characters: those of its turns are longer.</summary>
    public const int DebateIdLength = 96;

    /// <summary>The question of a debate, in bytes of UTF-8.</summary>
    public const int DebateQuestionBytes = 32 << 10;

    /// <summary>What debaters are given with the question, in bytes of JSON.</summary>
    public const int DebatePayloadBytes = 64 << 10;

    /// <summary>The fewest debaters.</summary>
    public const int DebatersLeast = 2;

    /// <summary>The most debaters.</summary>
    public const int DebatersMost = 16;

    /// <summary>Agents that may be named for a debate, stand-ins with them.</summary>
    public const int DebateAgents = 32;

    /// <summary>The most rounds of a debate.</summary>
    public const int DebateRounds = 10;

    /// <summary>The shortest turn of a debate, in seconds.</summary>
    public const double TurnSeconds = 1;
}
