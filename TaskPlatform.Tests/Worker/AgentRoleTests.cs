using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Worker.Agents;

namespace TaskPlatform.Tests.Worker;

public sealed class AgentRoleTests
{
    [Theory]
    [InlineData(null, "Agent:Role is not set")]
    [InlineData("painter", "Agent:Role is 'painter'")]
    [InlineData("analyst", "Reviews:Root is not set")]
    public void Start_WithoutWhatItNeeds_SaysWhatToSet(string? role, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Agent:Role", role)]);

        var error = Assert.Throws<InvalidOperationException>(builder.AddNamedAgent);

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
