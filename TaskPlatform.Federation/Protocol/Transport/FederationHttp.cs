using TaskPlatform.Federation.Protocol.Membership;
namespace TaskPlatform.Federation.Protocol.Transport;
internal static class FederationHttp { public static HttpClient Create(FederationFile file, MemberKeys keys, FederationMember member) => new() { BaseAddress = member.Address }; }
