using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Campaigns;

/// <summary>Days of a campaign that are unlike others, by the name people give them: 预售 pre-sale, 开门红 first wave, 双11 main day.</summary>
public sealed class PromotionWindow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }
    public required string Name { get; init; }
    public required DateOnly First { get; init; }

    /// <summary>It belongs to the window.</summary>
    public required DateOnly Last { get; init; }
}

internal sealed class PromotionTables : IEntityTypeConfiguration<PromotionWindow>
{
    public void Configure(EntityTypeBuilder<PromotionWindow> window)
    {
        window.ToTable("promotion_window");
        window.HasIndex(w => new { w.CampaignId, w.Name }).IsUnique();
    }
}

public static class PromotionSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<PromotionWindow> PromotionWindows => db.Set<PromotionWindow>();

        /// <summary>A campaign's windows in order of time.</summary>
        public async Task<IReadOnlyList<PromotionWindow>> PromotionsOfAsync(Guid campaign, CancellationToken cancellationToken) =>
            await db.Set<PromotionWindow>()
                .AsNoTracking()
                .Where(w => w.CampaignId == campaign)
                .OrderBy(w => w.First)
                .ThenBy(w => w.Last)
                .ThenBy(w => w.Name)
                .ToListAsync(cancellationToken);
    }
}
