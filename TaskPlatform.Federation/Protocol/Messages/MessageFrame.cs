using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Protocol.Messages;

/// <summary>What a message is: the fifth byte.</summary>
internal enum MessageKind : byte
{
    RoundOffer = 1,
    KeyAnnouncement = 2,
    KeyList = 3,
    ShareBundle = 4,
    ShareDelivery = 5,
    MaskedInput = 6,
    SurvivorList = 7,
    SurvivorSignature = 8,
    SignatureList = 9,
    UnmaskShares = 10,
}

/// <summary>
/// What stands before every message: "TF", the major and the minor version of the format, the kind. Another major version is refused. A newer minor version
/// may add fields at the end: they are left unread.
/// </summary>
internal static class MessageFrame
{
    public const byte Major = 1;
    public const byte Minor = 0;
    public const int Bytes = 5;

    private static ReadOnlySpan<byte> Magic => "TF"u8;

    public static byte[] Write(IMessage message)
    {
        var writer = new MessageWriter().Bytes(Magic).Byte(Major).Byte(Minor).Byte((byte)message.Kind);
        message.Write(writer);
        return writer.ToArray();
    }

    /// <summary>The kind of a message, when it is of this major version.</summary>
    public static MessageKind KindOf(ReadOnlySpan<byte> message)
    {
        if (message.Length < Bytes || !message.StartsWith(Magic)) throw new AbortException(AbortReason.MalformedMessage, "No message of the federation.");
        if (message[2] != Major) throw new AbortException(AbortReason.UnsupportedVersion, $"Messages of version {message[2]} are not known here.");
        return (MessageKind)message[4];
    }

    /// <summary>A message of a kind.</summary>
    /// <exception cref="AbortException">It is another one, or malformed.</exception>
    public static TMessage Read<TMessage>(ReadOnlySpan<byte> message, WireShape shape)
        where TMessage : IMessage<TMessage>
    {
        if (KindOf(message) != TMessage.ExpectedKind)
        {
            throw new AbortException(AbortReason.UnexpectedMessage, $"A {TMessage.ExpectedKind} was expected, not a {KindOf(message)}.");
        }
        var reader = new MessageReader(message[Bytes..]);
        var read = TMessage.Read(ref reader, shape);
        if (message[3] <= Minor) reader.End();
        return read;
    }
}

/// <summary>The sizes that messages of a round have; nothing in a message says them again.</summary>
/// <param name="Nodes">In the roster.</param>
/// <param name="PublicKeyBytes">Of the suite.</param>
/// <param name="Lanes">Of the schema.</param>
internal sealed record WireShape(int Nodes, int PublicKeyBytes, int Lanes)
{
    /// <summary>Longer than any message of the round: what a transport may cut off at.</summary>
    public int MaxMessageBytes =>
        checked(1024 + Math.Max(sizeof(uint) * Lanes, Nodes * (sizeof(ushort) + Math.Max(2 * PublicKeyBytes + Suites.IdentityKey.SignatureBytes, SealedShares.Bytes))));
}

/// <summary>A message.</summary>
internal interface IMessage
{
    MessageKind Kind { get; }

    void Write(MessageWriter writer);
}

/// <summary>A message that can be read.</summary>
internal interface IMessage<TSelf> : IMessage
    where TSelf : IMessage<TSelf>
{
    static abstract MessageKind ExpectedKind { get; }

    static abstract TSelf Read(ref MessageReader reader, WireShape shape);
}
