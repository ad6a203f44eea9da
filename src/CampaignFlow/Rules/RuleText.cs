using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Rules;

/// <summary>The texts of rule files, bounded: whoever drops a huge file or thousands of them into the folder gets a sentence.</summary>
public static class RuleText
{
    /// <summary>No more of the file than shows that it is too large.</summary>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[RuleFile.LargestBytes + 1];
        return new(text, 0, reader.ReadBlock(text));
    }

    /// <summary>The rule files of a folder by name, without the examples beside them.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.yaml").Where(f => !RuleSet.IsCases(Path.GetFileName(f))).Order(StringComparer.Ordinal)
            : [];
}
