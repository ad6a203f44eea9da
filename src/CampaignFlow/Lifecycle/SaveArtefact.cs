using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

public sealed record ArtefactSaved(Guid CampaignId, string Kind, int Version) : IFact;

/// <summary>Stores a new version of an artefact after checking every field; the same content again is no new version.</summary>
public sealed class SaveArtefact(CampaignFlowDb db, TimeProvider clock)
{
    public const int MaxBytes = 256 * 1024;

    /// <returns>What is wrong, field by field; empty when it was saved. The caller commits.</returns>
    public async Task<IReadOnlyList<Phrase>> HandleAsync(
        Guid campaign,
        string kindCode,
        JsonObject content,
        string author,
        CancellationToken cancellationToken
    )
    {
        var kind = ArtefactKind.Of(kindCode);
        var clean = new JsonObject();
        var wrong = new List<Phrase>();
        foreach (var field in kind.Fields)
            clean[field.Name] = Read(field, content[field.Name], field.Label, wrong);
        var json = clean.ToJsonString(
            new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        if (Encoding.UTF8.GetByteCount(json) > MaxBytes)
            wrong.Add(new($"{kind.Name.En} is larger than {MaxBytes / 1024} KB.", $"{kind.Name.Zh}超过 {MaxBytes / 1024} KB。"));
        if (wrong.Count > 0)
            return wrong;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var last = await db
            .Artefacts.Where(a => a.CampaignId == campaign && a.Kind == kindCode)
            .OrderByDescending(a => a.Version)
            .FirstOrDefaultAsync(cancellationToken);
        if (last?.Hash == hash)
            return [];
        var now = clock.GetUtcNow();
        var version = (last?.Version ?? 0) + 1;
        db.Artefacts.Add(
            new()
            {
                CampaignId = campaign,
                Kind = kindCode,
                Version = version,
                Content = json,
                Hash = hash,
                Author = author,
                At = now,
            }
        );
        db.Publish($"artefact-saved:{campaign}:{kindCode}:{version}", new ArtefactSaved(campaign, kindCode, version), now);
        return [];
    }

    private static JsonNode? Read(ArtefactField field, JsonNode? value, Phrase place, List<Phrase> wrong)
    {
        if (field.Kind == FieldKind.Rows)
            return ReadRows(field, value as JsonArray, wrong);
        var text = value?.ToString().Trim() ?? "";
        if (text.Length == 0)
        {
            if (field.Required)
                wrong.Add(new($"{place.En} is missing.", $"缺少“{place.Zh}”。"));
            return null;
        }
        switch (field.Kind)
        {
            case FieldKind.Number
                when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number):
                wrong.Add(new($"{place.En}: '{text}' is not a number.", $"“{place.Zh}”：“{text}”不是数字。"));
                return null;
            case FieldKind.Number:
                return double.Parse(text, CultureInfo.InvariantCulture);
            case FieldKind.Date when !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _):
                wrong.Add(
                    new($"{place.En}: '{text}' is not a date such as 2026-11-11.", $"“{place.Zh}”：“{text}”不是日期，例如 2026-11-11。")
                );
                return null;
            case FieldKind.Choice when !field.Options!.Contains(text):
                wrong.Add(
                    new(
                        $"{place.En}: '{text}' is none of {string.Join(", ", field.Options!)}.",
                        $"“{place.Zh}”：“{text}”不在选项 {string.Join("、", field.Options!)} 中。"
                    )
                );
                return null;
            default:
                return text;
        }
    }

    /// <summary>Rows that are empty all over are dropped; a started row must be complete.</summary>
    private static JsonArray ReadRows(ArtefactField field, JsonArray? rows, List<Phrase> wrong)
    {
        var clean = new JsonArray();
        var number = 0;
        foreach (var row in (rows ?? []).OfType<JsonObject>())
        {
            number++;
            if (field.Columns!.All(c => string.IsNullOrWhiteSpace(row[c.Name]?.ToString())))
                continue;
            var read = new JsonObject();
            foreach (var column in field.Columns!)
                read[column.Name] = Read(
                    column,
                    row[column.Name],
                    new($"{field.Label.En}, row {number}, {column.Label.En}", $"{field.Label.Zh} 第 {number} 行 {column.Label.Zh}"),
                    wrong
                );
            clean.Add(read);
        }
        if (clean.Count == 0 && field.Required)
            wrong.Add(new($"{field.Label.En}: at least one entry is needed.", $"“{field.Label.Zh}”至少需要一条。"));
        return clean;
    }
}
