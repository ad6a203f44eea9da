using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CampaignFlow.Accounts;

/// <summary>What the sign-in cookie says about a person; renewed with the security stamp every few minutes.</summary>
internal sealed class PersonClaims(UserManager<Person> people, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<Person>(people, options)
{
    public const string DisplayName = "display-name";
    public const string Language = "language";
    public const string TimeZone = "time-zone";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Person user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new(DisplayName, user.DisplayName));
        identity.AddClaim(new(Language, user.Language));
        identity.AddClaim(new(TimeZone, user.TimeZone));
        identity.AddClaims(user.Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        return identity;
    }
}
