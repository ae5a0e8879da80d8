using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace TaskPlatform.Tests.ServiceDefaults;

/// <summary>What a log record looks like on the console.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public void Write_InsideSpan_IsOneLineWithTimeLevelCategoryAndTrace()
    {
        using var span = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();

        var line = Format(LogLevel.Warning, "TaskPlatform.Api.QueueOwner", "first\nsecond", new InvalidOperationException("no\nluck"));

        Assert.Equal(
            $"09:05:07.250 warn QueueOwner: first second | System.InvalidOperationException: no luck  trace={span.TraceId}{Environment.NewLine}", line);
    }

    [Fact]
    public void Write_OutsideSpan_NamesNoTrace()
    {
        Activity.Current = null;

        Assert.Equal($"09:05:07.250 info Category: text{Environment.NewLine}", Format(LogLevel.Information, "Category", "text", null));
    }

    [Theory]
    [InlineData(null, "compact")]
    [InlineData("json", "json")]
    public void AddServiceDefaults_FormatterInConfiguration_Wins(string? configured, string expected)
    {
        using var host = Build(configured);

        Assert.Equal(expected, host.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }

    private static string Format(LogLevel level, string category, string message, Exception? error)
    {
        using var host = Build(formatter: null);
        var compact = host.Services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == "compact");
        using var writer = new StringWriter();
        compact.Write(new LogEntry<string>(level, category, 0, message, error, (text, _) => text), null, writer);
        return writer.ToString();
    }

    private static IHost Build(string? formatter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Logging:Console:FormatterName"] = formatter;
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 9, 5, 7, 250, TimeSpan.Zero)));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
        builder.AddServiceDefaults();
        return builder.Build();
    }
}
