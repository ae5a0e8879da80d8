namespace Aspire.Hosting;

/// <summary>Adds values that are given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value of the configuration, under <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"] ?? throw new DistributedApplicationException(
            $"The parameter '{name}' has no value. Set Parameters:{name}, for instance with the variable Parameters__{name} "
            + $"or `dotnet user-secrets set Parameters:{name} VALUE`."), secret));

    /// <summary>A value that the AppHost gives.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => value, secret));

    /// <summary>A value that the AppHost gives when it is needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, valueGetter, secret));

    /// <summary>A connection string of the configuration, under <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConfiguredConnectionString(name, () => builder.Configuration.GetConnectionString(name)
            ?? throw new DistributedApplicationException($"The connection string '{name}' has no value. Set ConnectionStrings:{name}."),
            environmentVariableName));
}

/// <summary>Adds connection strings that are put together from other resources.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>A connection string with holes for endpoints and parameters.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
}
