using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace TaskPlatform.ServiceDefaults;

/// <summary>
/// One log record on one line: <c>14:03:07.512 info QueueOwner: text  trace=4bf92f35…</c>. The built-in single-line formatter
/// prints either no scope or all of them, which puts six identifiers of the web server before each message.
/// </summary>
/// <remarks><c>Logging:Console:FormatterName</c> chooses another formatter, such as <c>json</c>.</remarks>
internal sealed class CompactConsole(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "compact";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss.fff"));
        textWriter.Write($" {Word(logEntry.LogLevel)} {LastPart(logEntry.Category)}: {OnOneLine(message)}");
        if (logEntry.Exception is not null) textWriter.Write($" | {OnOneLine(logEntry.Exception.ToString())}");
        // The console logger formats on the thread that logs, so the current span is the record's own.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span) textWriter.Write($"  trace={span.TraceId}");
        textWriter.WriteLine();
    }

    private static string OnOneLine(string text) => text.ReplaceLineEndings(" ");

    private static string LastPart(string category) => category[(category.LastIndexOf('.') + 1)..];

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}

/// <summary>Switches the console to <see cref="CompactConsole"/>.</summary>
internal static class CompactConsoleExtensions
{
    // Four records for each request, in and out, that say less than its span does; two for each call that a client may repeat.
    private static readonly string[] Chatty = ["Microsoft.AspNetCore", "System.Net.Http.HttpClient", "Polly"];

    // A line for each failing check of each request; HealthLog says the same once.
    private const string HealthChecks = "Microsoft.Extensions.Diagnostics.HealthChecks";

    // Forty lines for each connection, and eight errors of a kilobyte each second while Redis is away: health says the same once.
    private const string RedisClient = "StackExchange.Redis";

    internal static void AddCompactConsole(this IHostApplicationBuilder builder)
    {
        foreach (var category in Chatty) Quieten(builder, category, LogLevel.Warning);
        Quieten(builder, HealthChecks, LogLevel.None);
        Quieten(builder, RedisClient, LogLevel.None);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.AddConsoleFormatter<CompactConsole, ConsoleFormatterOptions>();
        if (builder.Configuration["Logging:Console:FormatterName"] is null)
        {
            builder.Logging.AddConsole(options => options.FormatterName = CompactConsole.FormatterName);
        }
    }

    private static void Quieten(IHostApplicationBuilder builder, string category, LogLevel level)
    {
        if (builder.Configuration[$"Logging:LogLevel:{category}"] is null) builder.Logging.AddFilter(category, level);
    }
}
