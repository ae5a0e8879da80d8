using CsCheck;
using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

public sealed class TaskFieldsTests
{
    // Ids that are made of the endings themselves, nested and alone, among ordinary ones.
    private static readonly string[] Pieces = ["a", "b.c", ":", ":body", ":result", ":state", "body", "state", "x:body:state"];

    private static readonly Gen<string> NastyId = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i])
        .Array[1, 4].Select(string.Concat);

    [Theory]
    [InlineData("t-1", "t-1", "t-1:body", "t-1:result")]
    [InlineData("t:body", "t:body:state", "t:body:body", "t:body:result")]
    [InlineData("t:state", "t:state:state", "t:state:body", "t:state:result")]
    [InlineData(":result", ":result:state", ":result:body", ":result:result")]
    public void Name_AnId_HasThreeFields(string id, string state, string body, string result) =>
        Assert.Equal((state, body, result), (TaskFields.State(id), TaskFields.Body(id), TaskFields.Result(id)));

    [Fact]
    public void Parse_AnyFieldOfAnyId_GivesIdAndPartBack() => NastyId.Sample(id =>
    {
        Assert.Equal((id, TaskPart.State), Parse(TaskFields.State(id)));
        Assert.Equal((id, TaskPart.Body), Parse(TaskFields.Body(id)));
        Assert.Equal((id, TaskPart.Result), Parse(TaskFields.Result(id)));
    });

    private static (string Id, TaskPart Part) Parse(string field)
    {
        var part = TaskFields.Parse(field, out var idLength);
        return (field[..idLength], part);
    }

    [Fact]
    public void Name_TwoIds_ShareNoField() => Gen.Select(NastyId, NastyId).Where((one, other) => one != other).Sample((one, other) =>
        Assert.Empty(Fields(one).Intersect(Fields(other))));

    private static string[] Fields(string id) => [TaskFields.State(id), TaskFields.Body(id), TaskFields.Result(id)];
}
