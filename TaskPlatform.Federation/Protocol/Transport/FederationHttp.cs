using System.Net;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Federation.Protocol.Transport;

/// <summary>Clients that call one member.</summary>
public static class FederationHttp
{
    /// <summary>Longer than the longest poll between members, 20 s.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A client for a member, to be kept: its connections are. It signs what it sends, and checks what comes back before anybody reads it. Calls that cannot be trusted end in a
    /// <see cref="FederationTransportException"/>.
    /// </summary>
    /// <param name="file">The federation.</param>
    /// <param name="keys">This member's keys; not disposed of with the client.</param>
    /// <param name="member">Who is called.</param>
    /// <param name="time">The clock; the system's if unset.</param>
    /// <param name="maxAnswerBytes">What an answer may bring.</param>
    /// <exception cref="MembershipException">The keys are those of no member.</exception>
    public static HttpClient Create(
        FederationFile file, MemberKeys keys, FederationMember member, TimeProvider? time = null, int maxAnswerBytes = TransportLimits.MaxBodyBytes)
    {
        time ??= TimeProvider.System;
        var peer = new PeerKey(member);
        var signer = new MessageSigner(file.OwnerOf(keys).Id, keys.Identity, time);
        return new HttpClient(new SigningHandler(signer, peer, time, maxAnswerBytes, PinnedConnections.To(peer, keys.Certificate, time)))
        {
            BaseAddress = member.Address,
            Timeout = Timeout,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }
}
