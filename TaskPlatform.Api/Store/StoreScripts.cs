namespace TaskPlatform.Api.Store;

/// <summary>
/// All that is ever written, as scripts: each runs alone and wholly. KEYS are always the queue's hashes: 1 tasks, 2 state, 3 meta.
/// </summary>
/// <remarks>
/// Redis 7 lets scripts with <see cref="AllowOutOfMemory"/> write above <c>maxmemory</c>. All of ours do: what stands in a batch has already
/// happened in the owner's memory and cannot be taken back, so a batch that is refused would stand in the way of every later one,
/// also of those that free memory. What keeps Redis from filling up is that submits are refused before it is full. Older servers and
/// Garnet do not know the line and get the scripts without it.
/// </remarks>
internal static class StoreScripts
{
    public const string AllowOutOfMemory = "#!lua flags=allow-oom\n";

    public const int FormatVersion = 1;

    // unpack takes at most 8,000 values; a pair is two.
    private const string HashCommands =
        """
        local at = 0
        local function each(command, key, count, width)
          while count > 0 do
            local some = math.min(count, 3500)
            redis.call(command, key, unpack(ARGV, at, at + some * width - 1))
            at = at + some * width
            count = count - some
          end
        end

        """;

    private const string Clock =
        """
        local function now()
          local time = redis.call('TIME')
          return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        end
        local function lease(milliseconds) return string.format('%.0f', now() + tonumber(milliseconds)) end

        """;

    // Where the queue stands; 0, '', 0 where it was never owned.
    private const string Position =
        """
        local found = redis.call('HMGET', KEYS[3], 'epoch', 'owner', 'sequence')
        local epoch, owner, sequence = found[1] or '0', found[2] or '', found[3] or '0'

        """;

    /// <summary>
    /// Takes a queue. ARGV: 1 instance, 2 new owner id, 3 lease in milliseconds, 4 the newest format version that the caller reads.
    /// </summary>
    /// <returns>
    /// <c>acquired, epoch, epoch before, owner id before, sequence, format version, settings</c> (nil without any) ·
    /// <c>held, instance, milliseconds left</c> · <c>format, stored version</c> · <c>orphaned</c>: records without a meta hash.
    /// </returns>
    /// <remarks>A lease that ends later than any lease can was made before the server's clock was set back; it counts as passed.</remarks>
    public const string TakeOver = Clock + Position +
        """
        local meta = redis.call('HMGET', KEYS[3], 'format', 'instance', 'lease', 'settings')
        if not found[1] and redis.call('EXISTS', KEYS[1]) + redis.call('EXISTS', KEYS[2]) > 0 then return {'orphaned'} end
        if meta[1] and tonumber(meta[1]) > tonumber(ARGV[4]) then return {'format', meta[1]} end
        local left = tonumber(meta[3] or '0') - now()
        if left > 0 and left <= tonumber(ARGV[3]) and meta[2] ~= ARGV[1] then
          return {'held', meta[2], string.format('%.0f', left)}
        end
        local new = string.format('%.0f', tonumber(epoch) + 1)
        local format = meta[1] or ARGV[4]
        redis.call('HSET', KEYS[3], 'format', format, 'epoch', new, 'owner', ARGV[2], 'instance', ARGV[1],
          'sequence', sequence, 'lease', lease(ARGV[3]))
        return {'acquired', new, epoch, owner, sequence, format, redis.call('HLEN', KEYS[1]), meta[4]}
        """;

    /// <summary>
    /// Writes a batch. ARGV: 1 epoch, 2 owner id, 3 sequence, 4 lease in milliseconds, 5 number of tasks' records to delete, 6 of state
    /// records to delete, 7 of tasks' records to put, 8 of state records to put, 9 of settings (0 or 1); from 10 on the names to
    /// delete, the pairs to put and the settings, in this order. Deletes come first, so that a full server gets room.
    /// </summary>
    /// <returns><c>verdict, epoch, owner id, sequence</c> as stored after the call; the verdict as in <see cref="CommitVerdict"/>.</returns>
    public const string Commit = Clock + Position + HashCommands +
        """
        if epoch ~= ARGV[1] or owner ~= ARGV[2] then return {3, epoch, owner, sequence} end
        local gap = tonumber(ARGV[3]) - tonumber(sequence)
        if gap <= 0 then return {1, epoch, owner, sequence} end
        if gap > 1 then return {2, epoch, owner, sequence} end
        at = 10
        each('HDEL', KEYS[1], tonumber(ARGV[5]), 1)
        each('HDEL', KEYS[2], tonumber(ARGV[6]), 1)
        each('HSET', KEYS[1], tonumber(ARGV[7]), 2)
        each('HSET', KEYS[2], tonumber(ARGV[8]), 2)
        if ARGV[9] == '1' then redis.call('HSET', KEYS[3], 'settings', ARGV[at]) end
        redis.call('HSET', KEYS[3], 'lease', lease(ARGV[4]), 'sequence', ARGV[3])
        return {0, epoch, owner, ARGV[3]}
        """;

    /// <summary>Renews the lease. ARGV: 1 epoch, 2 owner id, 3 lease in milliseconds.</summary>
    /// <returns>As <see cref="Commit"/>.</returns>
    public const string Check = Clock + Position +
        """
        if epoch ~= ARGV[1] or owner ~= ARGV[2] then return {3, epoch, owner, sequence} end
        redis.call('HSET', KEYS[3], 'lease', lease(ARGV[3]))
        return {0, epoch, owner, sequence}
        """;

    /// <summary>
    /// Puts a lost takeover back. ARGV: 1 epoch, 2 owner id, 3 lease in milliseconds, 4 instance, 5 to 7 epoch, owner id and sequence
    /// that the takeover had found, 8 format version.
    /// </summary>
    /// <returns>As <see cref="Commit"/>; refused unless the queue stands exactly there.</returns>
    public const string Reassert = Clock + Position +
        """
        if epoch ~= ARGV[5] or owner ~= ARGV[6] or sequence ~= ARGV[7] then return {3, epoch, owner, sequence} end
        if not found[1] and redis.call('EXISTS', KEYS[1]) + redis.call('EXISTS', KEYS[2]) > 0 then
          return {3, epoch, owner, sequence}
        end
        local format = redis.call('HGET', KEYS[3], 'format') or ARGV[8]
        redis.call('HSET', KEYS[3], 'format', format, 'epoch', ARGV[1], 'owner', ARGV[2], 'instance', ARGV[4],
          'sequence', sequence, 'lease', lease(ARGV[3]))
        return {0, ARGV[1], ARGV[2], sequence}
        """;

    /// <summary>Ends the lease. ARGV: 1 epoch, 2 owner id.</summary>
    /// <returns>As <see cref="Commit"/>.</returns>
    public const string Release = Position +
        """
        if epoch ~= ARGV[1] or owner ~= ARGV[2] then return {3, epoch, owner, sequence} end
        redis.call('HSET', KEYS[3], 'lease', '0')
        return {0, epoch, owner, sequence}
        """;
}
