using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Endpoints that only members may call.</summary>
public static class FederationEndpoints
{
    /// <summary>
    /// Takes only requests that a member has signed, on a port for members; elsewhere the routes do not exist. The body is read and checked before the endpoint sees it,
    /// the answer is signed. Who calls is the feature <see cref="FederationCaller"/>.
    /// </summary>
    /// <param name="routes">A route or a group of them.</param>
    /// <param name="maxBodyBytes">What a request may bring; more is refused before it is read.</param>
    public static TBuilder RequireFederationMember<TBuilder>(this TBuilder routes, int maxBodyBytes = TransportLimits.MaxBodyBytes) where TBuilder : IEndpointConventionBuilder
    {
        // Around the endpoint, not a filter in it: filters run when its arguments are bound, and then the body is read.
        routes.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } inner) return;
            var gate = new MemberGate(inner, maxBodyBytes);
            endpoint.RequestDelegate = gate.InvokeAsync;
        });
        return routes;
    }

    /// <summary>The member that has sent this request.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is not behind <see cref="RequireFederationMember"/>.</exception>
    public static FederationCaller FederationCaller(this HttpContext context) => Feature<FederationCaller>(context);

    /// <summary>What it has sent.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is not behind <see cref="RequireFederationMember"/>.</exception>
    public static ReadOnlyMemory<byte> FederationBody(this HttpContext context) => Feature<FederationBody>(context).Bytes;

    private static T Feature<T>(HttpContext context) =>
        context.Features.Get<T>() ?? throw new InvalidOperationException("This endpoint does not require a member of the federation.");
}
