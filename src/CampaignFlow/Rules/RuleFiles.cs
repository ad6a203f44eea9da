using CampaignFlow.Budgets.Guards;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;

namespace CampaignFlow.Rules;

/// <summary>
/// The rules folder as it stands. A changed file takes effect at the next evaluation; a broken one keeps its last good version,
/// and its problems are shown.
/// </summary>
public sealed partial class RuleFiles(IConfiguration configuration, IServiceScopeFactory scopes, ILogger<RuleFiles> logger) : IRulesInForce
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Loaded> files = new(StringComparer.Ordinal);

    public string Folder { get; } = Path.GetFullPath(configuration["RulesFolder"] is { Length: > 0 } set ? set : "rules");

    /// <summary>Every rule in its newest good version, ordered by file name.</summary>
    public IReadOnlyList<Loaded> Current()
    {
        lock (gate)
        {
            var names = RuleText.FilesOf(Folder).Take(RuleSet.MostRules + 1).ToList();
            foreach (var gone in files.Keys.Except(names).ToList())
                files.Remove(gone);
            foreach (var name in names.Take(RuleSet.MostRules))
                Refresh(name);
            foreach (var name in names.Skip(RuleSet.MostRules)) // the first of those that are too many stands for all
                files[name] = new(Path.GetFileName(name), default, null, [new(Path.GetFileName(name), 0, 0, RuleSet.TooMany)]);
            return Together([.. names.Where(files.ContainsKey).Select(n => files[n])]);
        }
    }

    public Rule? Find(string id) => Current().FirstOrDefault(f => f.Rule?.Id == id)?.Rule;

    /// <summary>Adds what is wrong between the rules, such as marks that go in a circle; the engine leaves those without a say.</summary>
    private static IReadOnlyList<Loaded> Together(List<Loaded> all)
    {
        var problems = RuleSet.MarkProblems([.. all.Select(f => f.Rule).OfType<Rule>()]).ToLookup(p => p.Subject, StringComparer.Ordinal);
        return problems.Count == 0
            ? all
            : all.ConvertAll(f => f.Rule is { } rule ? f with { Problems = [.. f.Problems, .. problems[rule.Id]] } : f);
    }

    private void Refresh(string path)
    {
        var stamp = File.GetLastWriteTimeUtc(path);
        if (files.TryGetValue(path, out var known) && known.Stamp == stamp)
            return;
        var name = Path.GetFileName(path);
        if (TextOf(path) is not { } text)
            return;
        var parsed = RuleFile.Parse(text, name);
        files[path] = new(name, stamp, parsed.Rule ?? known?.Rule ?? Recorded(name), parsed.Problems);
        foreach (var problem in parsed.Problems)
            Log.Broken(logger, problem.ToString());
    }

    /// <summary>The newest version that ever decided something: a file may have been broken before this process began.</summary>
    private Rule? Recorded(string name)
    {
        var id = Path.GetFileNameWithoutExtension(name);
        using var scope = scopes.CreateScope();
        var versions = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>().RuleVersions;
        var last = versions.Where(v => v.Rule == id).OrderByDescending(v => v.FirstSeenAt).FirstOrDefault();
        return last is null ? null : RuleFile.Parse(last.Text, name).Rule;
    }

    /// <returns>Null when the file went away or cannot be read just now; the next look tries again.</returns>
    private static string? TextOf(string path)
    {
        try
        {
            return RuleText.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="Rule">The newest good version; null if there never was one.</param>
    /// <param name="Problems">Not empty: the file as it stands is not this version.</param>
    public sealed record Loaded(string Name, DateTime Stamp, Rule? Rule, IReadOnlyList<Problem> Problems);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A rule file is broken, its last good version stays: {Problem}")]
        public static partial void Broken(ILogger logger, string problem);
    }
}
