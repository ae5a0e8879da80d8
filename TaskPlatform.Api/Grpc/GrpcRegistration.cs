using TaskPlatform.Client.Grpc;

namespace TaskPlatform.Api.Grpc;

/// <summary>Puts the gRPC interface into a service.</summary>
internal static class GrpcRegistration
{
    public static void AddTaskStreams(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WorkStreams>();
        // A caller who goes is no news, and a refusal is the caller's to tell.
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Services.AddGrpc(options =>
        {
            // Or every address of two parts would be gRPC's, and HTTP's own answer to a method that it does not take would be lost.
            options.IgnoreUnknownServices = true;
            options.MaxReceiveMessageSize = Messages.MostBytes;
            options.MaxSendMessageSize = Messages.MostBytes;
            options.EnableDetailedErrors = builder.Environment.IsDevelopment();
        });
    }

    public static void MapTaskStreams(this WebApplication app) => app.MapGrpcService<TasksService>();
}
