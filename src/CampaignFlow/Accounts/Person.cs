using CampaignFlow.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Accounts;

/// <summary>Somebody who signs in; ASP.NET Identity keeps the password and the lock-out.</summary>
public sealed class Person : IdentityUser<Guid>
{
    public required string DisplayName { get; set; }

    /// <summary><c>zh-CN</c> or <c>en</c>: the language of pages and mails.</summary>
    public string Language { get; set; } = "en";

    /// <summary>IANA name, e.g. <c>Asia/Shanghai</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>What this person may decide, see <see cref="Roles"/>.</summary>
    public List<string> Roles { get; set; } = [];
}

internal sealed class AccountTables
    : IEntityTypeConfiguration<Person>,
        IEntityTypeConfiguration<IdentityUserClaim<Guid>>,
        IEntityTypeConfiguration<IdentityUserLogin<Guid>>,
        IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<Person> person)
    {
        person.ToTable("person");
        person.HasIndex(p => p.NormalizedUserName).IsUnique();
        person.HasIndex(p => p.NormalizedEmail);
        person.Property(p => p.ConcurrencyStamp).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> claim) => claim.ToTable("person_claim");

    public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> login) =>
        login.ToTable("person_login").HasKey(l => new { l.LoginProvider, l.ProviderKey });

    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> token) =>
        token
            .ToTable("person_token")
            .HasKey(t => new
            {
                t.UserId,
                t.LoginProvider,
                t.Name,
            });
}

public static class AccountSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<Person> People => db.Set<Person>();
    }
}
