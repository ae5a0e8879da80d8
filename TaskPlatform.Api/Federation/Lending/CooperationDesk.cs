using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TaskPlatform.Federation.Protocol.Cooperation;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>The node's policy with its chance: the one place at which it is decided who is asked and what is answered.</summary>
internal sealed class CooperationDesk
{
    private readonly Lock _gate = new();
    private readonly Cooperator _cooperator;
    private readonly PeerDirectory _peers;
    private readonly LendingChance _chance;
    private readonly FederationView _figures;

    public CooperationDesk(PeerDirectory peers, FederationView figures, IOptions<FederationNodeOptions> options, LendingChance chance)
    {
        (_peers, _figures, _chance) = (peers, figures, chance);
        var settings = CooperationSettings.Recommended with
        {
            AskAgainMs = options.Value.AskAgainMilliseconds,
            PeriodMs = (long)peers.File.Period.TotalMilliseconds,
        };
        var asking = new ProbeRate(options.Value.ProbesPerSecond, Math.Max(1, options.Value.ProbesPerSecond));
        _cooperator = new Cooperator(PolicyOf(options.Value.Policy, settings), asking, new ProbeLedger(ProbeBudget.Default), figures.NowMs);
    }

    /// <summary>Whom to offer a task that has just come, in turn until one says yes.</summary>
    public IReadOnlyList<FederationMember> ChooseForOffer(in NodeView own)
    {
        lock (_gate)
        {
            Span<int> chosen = stackalloc int[PeerChoice.Most];
            return Take(chosen, _cooperator.ChooseForOffer(own, _peers.Peers.Count, Draws(stackalloc double[PeerChoice.Most]), chosen));
        }
    }

    /// <summary>Whom to ask for a task, in turn until one gives one.</summary>
    public IReadOnlyList<FederationMember> ChooseForWork(in NodeView own)
    {
        lock (_gate)
        {
            Span<int> chosen = stackalloc int[PeerChoice.Most];
            return Take(chosen, _cooperator.ChooseForWork(own, _peers.Peers.Count, Draws(stackalloc double[PeerChoice.Most]), chosen));
        }
    }

    /// <summary>Whether another peer may be asked now; counts it.</summary>
    public bool MayAsk()
    {
        lock (_gate) return _cooperator.MayAsk(_figures.NowMs);
    }

    /// <summary>Whether this node takes a task of that peer.</summary>
    public bool TakesFrom(string peer, in NodeView own)
    {
        lock (_gate) return _cooperator.TakesFrom(peer, own, _chance.Draw());
    }

    /// <summary>Whether this node gives a task to that peer.</summary>
    public bool GivesTo(string peer, in NodeView own)
    {
        lock (_gate) return _cooperator.GivesTo(peer, own, _chance.Draw());
    }

    private static ICooperationPolicy PolicyOf(string policy, CooperationSettings settings) => policy switch
    {
        "threshold" => new ThresholdPolicy(settings),
        "seed" => new SeedPolicy(settings),
        _ => new LocalPolicy(),
    };

    private IReadOnlyList<FederationMember> Take(ReadOnlySpan<int> chosen, int count)
    {
        if (count == 0) return [];
        var members = new FederationMember[count];
        for (var i = 0; i < count; i++) members[i] = _peers.Peers[chosen[i]];
        return members;
    }

    private Span<double> Draws(Span<double> draws)
    {
        foreach (ref var draw in draws) draw = _chance.Draw();
        return draws;
    }
}

/// <summary>Where the numbers come from by which peers are chosen and answers turned round: uniform in [0, 1).</summary>
internal sealed record LendingChance(Func<double> Draw)
{
    /// <summary>In steps of 2⁻⁵³. An answer that is turned round protects nothing if its chance can be guessed.</summary>
    public static LendingChance Secure { get; } = new(SecureDraw);

    private static double SecureDraw()
    {
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bits);
        return (BitConverter.ToUInt64(bits) >> 11) / (double)(1UL << 53);
    }
}
