using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TaskPlatform.Tests.Servers;

/// <summary>What the other suites take for granted of the dashboard.</summary>
public sealed class DashboardServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_ForASpanThatIsSent_HasItsNameParentAndAttributes()
    {
        await using var dashboard = await DashboardServer.StartAsync();
        using var source = new ActivitySource("TaskPlatform.Tests.Dashboard");
        using var tracing = Export(source, dashboard);
        var sent = Send(source, count: 1);

        var inner = await dashboard.WaitForSpanAsync(span => span.Name == "inner", Token);

        Assert.Equal(("sender", sent, "7"), (inner.Resource, inner.TraceId, inner.Attributes["number"]));
        var outer = Assert.Single(await dashboard.SpansAsync(Token, sent), span => span.ParentSpanId is null);
        Assert.Equal(outer.SpanId, inner.ParentSpanId);
        Assert.InRange(inner.Start, outer.Start, outer.End);
        Assert.Equal(new TelemetryResource("sender", "one", false, true, false), Assert.Single(await dashboard.ResourcesAsync(Token)));
    }

    /// <summary>More traces than the dashboard keeps unless it is told otherwise: 10,000.</summary>
    [Fact]
    public async Task Read_AfterManyTraces_HasThemAll()
    {
        const int count = 10_500;
        await using var dashboard = await DashboardServer.StartAsync();
        using var source = new ActivitySource("TaskPlatform.Tests.Dashboard");
        using var tracing = Export(source, dashboard);

        Send(source, count);
        Assert.True(tracing.ForceFlush());

        Assert.Equal(2 * count, (await dashboard.SpansAsync(Token)).Count);
    }

    private static TracerProvider Export(ActivitySource source, DashboardServer dashboard) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService("sender", serviceInstanceId: "one"))
        .AddSource(source.Name)
        .AddOtlpExporter(otlp =>
        {
            (otlp.Endpoint, otlp.Protocol) = (new Uri(dashboard.OtlpUrl), OtlpExportProtocol.Grpc);
            otlp.BatchExportProcessorOptions = new BatchExportActivityProcessorOptions { MaxQueueSize = 65536, ScheduledDelayMilliseconds = 100 };
        })
        .Build();

    /// <summary>So many traces of two spans; answers the id of the last.</summary>
    private static string Send(ActivitySource source, int count)
    {
        var last = "";
        for (; count > 0; count--)
        {
            Activity.Current = null;
            using var outer = source.StartActivity("outer")!;
            using var inner = source.StartActivity("inner")!;
            inner.SetTag("number", 7);
            last = outer.TraceId.ToString();
        }
        return last;
    }
}
