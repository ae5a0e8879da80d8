using CsCheck;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Records;

/// <summary>What was written is read again, and takes no more memory than it must.</summary>
public sealed class RecordTests
{
    [Fact]
    public void State_AnyTask_IsReadAsItWasWritten()
        => TaskGens.Tasks.Sample(task => AssertReadsAsWritten(RecordSamples.State("any", task)), iter: 1_000);

    [Fact]
    public void Body_Any_IsReadAsItWasWritten()
        => TaskGens.Bodies.Sample(body => AssertReadsAsWritten(RecordSamples.Body("any", body)), iter: 1_000);

    [Fact]
    public void Settings_Any_AreReadAsTheyWereWritten()
        => QueueGens.Settings.Sample(settings => AssertReadsAsWritten(RecordSamples.Settings("any", settings)), iter: 1_000);

    [Fact]
    public void QueueRecord_OfAnyKind_IsReadAsItWasWritten()
        => QueueGens.Records.Sample(record => AssertReadsAsWritten(RecordSamples.Record("any", record)), iter: 5_000);

    [Fact]
    public void Write_RecordsOfAllSizesInTurn_SharesNoBytesBetweenThem()
    {
        int[] sizes = [3, 200_000, 0, 5_000, 700_000, 17];
        var payloads = sizes.Select((size, index) => Enumerable.Repeat((byte)(index + 1), size).ToArray()).ToList();

        var records = payloads.Select(payload => TaskRecords.WriteResult("t", payload).ToArray()).ToList();

        Assert.Equal(payloads, records.Select(record => TaskRecords.ReadResult("t", record).ToArray()));
    }

    [Fact]
    public void State_NothingHasHappened_HasNoHistoryAndIsSmall()
    {
        var record = RecordSamples.Named("state-least").Write();

        Assert.Null(TaskRecords.ReadState("t", record).History);
        Assert.InRange(record.Length, 0, 48);
    }

    [Fact]
    public void Body_PolicyAndFlowOfMostTasks_AreTheObjectsThatAllShare()
    {
        var read = TaskRecords.ReadBody("t", TaskRecords.WriteBody("t", new TaskBody { Policy = new TaskPolicy(), Flow = new TaskFlow() }).ToArray());

        Assert.Same(TaskPolicy.Default, read.Policy);
        Assert.Same(TaskFlow.None, read.Flow);
    }

    [Fact]
    public void Body_EqualPoliciesAndFlows_AreOneObject()
    {
        var record = RecordSamples.Named("body-full").Write();

        var (first, second) = (TaskRecords.ReadBody("t-1", record), TaskRecords.ReadBody("t-1", record));

        Assert.Same(first.Policy, second.Policy);
        Assert.Same(first.Flow, second.Flow);
    }

    private static void AssertReadsAsWritten(RecordSample sample)
    {
        var record = sample.Write();
        var read = sample.Read(sample.Key, record);
        Assert.Equal(RecordSamples.Describe(sample.Content).GetRawText(), RecordSamples.Describe(read).GetRawText());
    }
}
