using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CampaignFlow.Storage;

/// <summary>
/// The one database of the product. Each slice declares its own tables beside its code (an <c>IEntityTypeConfiguration</c> and a
/// <c>DbSet</c> extension); this class only knows the conventions they share.
/// </summary>
public abstract class CampaignFlowDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>Facts were saved and their commit has to wake who delivers them.</summary>
    internal bool Announces { get; set; }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        // SQLite cannot order DateTimeOffset, so instants are UTC milliseconds on both databases.
        conventions.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();
        conventions.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.ApplyConfigurationsFromAssembly(typeof(CampaignFlowDb).Assembly);
        foreach (var entity in model.Model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table)
                entity.SetTableName(SnakeCase(table));
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
            foreach (var key in entity.GetKeys())
                key.SetName(SnakeCase(key.GetName()!));
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName(SnakeCase(index.GetDatabaseName()!));
            foreach (var foreign in entity.GetForeignKeys())
                foreign.SetConstraintName(SnakeCase(foreign.GetConstraintName()!));
        }
    }

    /// <summary>Hand-written SQL reads the same on both databases without quoting.</summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    private sealed class UtcMilliseconds()
        : ValueConverter<DateTimeOffset, long>(at => at.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));
}

/// <summary>The SQLite flavour: the embedded default, one node.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : CampaignFlowDb(options);

/// <summary>The PostgreSQL flavour: several nodes may share it.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : CampaignFlowDb(options);
