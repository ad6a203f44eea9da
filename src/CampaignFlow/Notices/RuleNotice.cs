using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notices;

/// <summary>Mails what a rule wants told, at most once a day for each rule and campaign.</summary>
public sealed class RuleNotice(CampaignFlowDb db, PostMail post, RuleFiles rules, TimeProvider clock) : IFactHandler<RuleNotified>
{
    public async Task Handle(RuleNotified fact, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var now = clock.GetUtcNow();
        if (RuleRoles.Of(fact.Whom) is not { } role)
        {
            db.Note(campaign.Id, now, fact.Rule, new($"{fact.Whom}: {fact.Message.En}", $"{fact.Whom}：{fact.Message.Zh}"));
            return;
        }
        var mail = new RuleNoticeMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}",
            Rule = rules.Current().Select(f => f.Rule).FirstOrDefault(r => r?.Id == fact.Rule)?.Title ?? Phrase.Same(fact.Rule),
            Message = fact.Message,
            Why = fact.Why,
        };
        var about = $"{campaign.Code}:{fact.Rule}:{campaign.Today(now):yyyy-MM-dd}";
        foreach (var reader in await Recipients.OfRoleAsync(db, role, cancellationToken))
            await post.PostAsync(db, mail, reader, about, campaign.Id, now, cancellationToken);
    }
}
