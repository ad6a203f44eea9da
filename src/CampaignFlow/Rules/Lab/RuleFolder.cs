using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CampaignFlow.Rules.Lab;

/// <summary>Rule files as the lab reads and writes them.</summary>
public sealed partial class RuleFolder(RuleFiles files)
{
    private const int LongestName = 60;

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture)]
    private static partial Regex NewName { get; }

    /// <summary>Names of new rules are kebab-case, because the name is the identity.</summary>
    public static bool IsName(string name) => name.Length <= LongestName && NewName.IsMatch(name);

    /// <summary>A rule that may be drafted: it is in the folder, or has a good name.</summary>
    public bool MayBe(string rule) => IsName(rule) || files.Current().Any(f => f.Name == FileOf(rule));

    public static string FileOf(string rule) => rule + ".yaml";

    /// <returns>Null when there is no such file.</returns>
    public string? Read(string rule)
    {
        try
        {
            return MayBe(rule) && File.Exists(PathOf(rule)) ? RuleText.Read(PathOf(rule)) : null;
        }
        catch (IOException)
        {
            return null; // it went away just now
        }
    }

    /// <summary>All at once: a reader sees the old text or the new one, never half of it.</summary>
    public void Write(string rule, string text)
    {
        Directory.CreateDirectory(files.Folder);
        var whole = PathOf(rule) + ".new";
        File.WriteAllText(whole, text);
        File.Move(whole, PathOf(rule), overwrite: true);
    }

    public static string HashOf(string? text) =>
        text is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string PathOf(string rule) => Path.Combine(files.Folder, FileOf(rule));
}
