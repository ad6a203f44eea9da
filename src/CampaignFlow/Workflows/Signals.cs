using System.Text.Json.Nodes;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>How the rest of the product tells a waiting run that something happened.</summary>
public static class Signals
{
    extension(CampaignFlowDb db)
    {
        /// <summary>Puts a signal into the inbox with the next <c>SaveChanges</c>; silent when it is there already.</summary>
        /// <param name="dedupKey">What makes it one signal, e.g. <c>task:ID:done</c>.</param>
        public async Task SignalAsync(
            string kind,
            string key,
            string? correlation,
            JsonNode? payload,
            string dedupKey,
            DateTimeOffset at,
            CancellationToken cancellationToken
        )
        {
            if (db.InboxSignals.Local.Any(s => s.DedupKey == dedupKey) || await IsThereAsync(db, dedupKey, cancellationToken))
                return;
            db.InboxSignals.Add(
                new()
                {
                    DedupKey = dedupKey,
                    Kind = kind,
                    Key = key,
                    Correlation = correlation,
                    Payload = payload?.ToJsonString(),
                    At = at,
                }
            );
        }
    }

    private static async Task<bool> IsThereAsync(CampaignFlowDb db, string dedupKey, CancellationToken cancellationToken) =>
        await SqlBatch.QueryAsync(
            db,
            "select id from wf_inbox where dedup_key = @key",
            r => r.GetInt64(0),
            cancellationToken,
            ("@key", dedupKey)
        )
            is not [];
}
