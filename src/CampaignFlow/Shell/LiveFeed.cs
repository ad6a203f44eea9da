using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CampaignFlow.Shell;

/// <summary>
/// Tells open pages that something changed, within this process. A slice rings after its commit; parts inside
/// <c>&lt;Live&gt;</c> then fetch themselves again. What is lost here is only freshness: the next ring or page view brings it.
/// </summary>
public sealed class LiveFeed
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<Channel<Guid?>, bool> listeners = new();

    /// <param name="campaignId">Null: it may concern any campaign, so those who listen to one are told as well.</param>
    public void Changed(Guid? campaignId = null)
    {
        foreach (var listener in listeners.Keys)
            listener.Writer.TryWrite(campaignId);
    }

    /// <summary>Events <c>changed</c> for every ring, <c>changed-{campaign id}</c> or <c>changed-any</c>; bursts are sent as one; a beat keeps the line open.</summary>
    internal async IAsyncEnumerable<SseItem<string>> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<Guid?>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        listeners[channel] = true;
        try
        {
            yield return new SseItem<string>("", "beat");
            while (!cancellationToken.IsCancellationRequested)
            {
                foreach (var item in await NextAsync(channel.Reader, cancellationToken))
                    yield return item;
            }
        }
        finally
        {
            listeners.TryRemove(channel, out _);
        }
    }

    private static async Task<IReadOnlyList<SseItem<string>>> NextAsync(ChannelReader<Guid?> rings, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        beat.CancelAfter(Beat);
        try
        {
            await rings.WaitToReadAsync(beat.Token);
            await Task.Delay(Gather, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? [] : [new("", "beat")];
        }
        var whose = new HashSet<Guid?>();
        while (rings.TryRead(out var ring))
            whose.Add(ring);
        return [new("", "changed"), .. whose.Select(id => new SseItem<string>("", id is null ? "changed-any" : $"changed-{id}"))];
    }
}
