using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>A store under test, and what a test must be able to do behind its back.</summary>
public interface IStoreBed : IAsyncDisposable
{
    /// <summary>The store as one process sees it.</summary>
    IQueueStores Stores { get; }

    /// <summary>As if the lease of the queue's owner had passed.</summary>
    Task LapseAsync(string queue);

    /// <summary>What the queue has now, to be brought back later.</summary>
    Task<object> SaveAsync(string queue);

    /// <summary>Brings back what was saved, as a store does that lost the end of its log, and cuts every connection.</summary>
    Task GoBackAsync(string queue, object saved);

    /// <summary>Nothing stored, as after a flush; connections are cut.</summary>
    Task ForgetAsync(string queue);

    /// <summary>Loses only the meta hash.</summary>
    Task ForgetMetaAsync(string queue);

    /// <summary>Writes one of meta's fields.</summary>
    Task SetMetaAsync(string queue, string field, string value);
}
