namespace Aspire.Hosting;

/// <summary>Adds values that are given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A value of the configuration, under <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) => builder.AddResource(
        new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"] ?? throw new DistributedApplicationException(
            $"The parameter '{name}' has no value. Set Parameters:{name}, for instance with the variable Parameters__{name} "
            + $"or `dotnet user-secrets set Parameters:{name} VALUE`.")));

    /// <summary>A connection string of the configuration, under <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringResource(name, new ParameterResource(name, () => builder.Configuration.GetConnectionString(name)
            ?? throw new DistributedApplicationException($"The connection string '{name}' has no value. Set ConnectionStrings:{name}.")),
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
