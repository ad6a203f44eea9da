using System.Globalization;
using System.Text;

namespace CampaignFlow.Workflows.Versions;

/// <summary>A mapping as the fields <c>map=old=new</c> of a form or an address; an empty new id says that the activity is gone.</summary>
public static class MappingFields
{
    private const int MostPairs = 2_000;

    public static Dictionary<string, string> Read(IEnumerable<string?> fields)
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields.Take(MostPairs))
            // No "=": nothing was chosen.
            if (field?.Split('=', 2) is [{ Length: > 0 } from, var to])
                mapping[from] = to;
        return mapping;
    }

    public static string Write(int from, int to, IReadOnlyDictionary<string, string> mapping)
    {
        var query = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"from={from}&to={to}"));
        foreach (var (old, @new) in mapping)
            query.Append("&map=").Append(Uri.EscapeDataString($"{old}={@new}"));
        return query.ToString();
    }
}
