using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace TaskPlatform.Api.Endpoints.Documentation;

/// <summary>
/// Tells the document of bodies that handlers read for themselves, as if they were bound: so that what they consist of is described once and referred to.
/// </summary>
internal sealed class BodyDescriptions : IApiDescriptionProvider
{
    private const string Json = "application/json";

    private static readonly EmptyModelMetadataProvider Models = new();

    // After the framework's own, which finds the calls.
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var call in context.Results)
        {
            if (call.ActionDescriptor.EndpointMetadata.OfType<BodyMetadata>().SingleOrDefault() is not { } body) continue;
            call.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = Json });
            call.ParameterDescriptions.Add(new ApiParameterDescription
            {
                Name = body.Type.Name,
                Type = body.Type,
                Source = BindingSource.Body,
                IsRequired = body.IsRequired,
                ModelMetadata = Models.GetMetadataForType(body.Type),
            });
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }
}
