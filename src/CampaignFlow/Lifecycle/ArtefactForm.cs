using System.Text.Json.Nodes;

namespace CampaignFlow.Lifecycle;

/// <summary>Between an artefact's JSON and the fields of its form: <c>theme</c>, <c>competitors[2].name</c>.</summary>
public static class ArtefactForm
{
    /// <summary>Empty rows a form offers beyond those that are filled.</summary>
    public const int Spare = 3;

    public const int MostRows = 200;

    public static string NameOf(ArtefactField rows, int row, ArtefactField column) => $"{rows.Name}[{row}].{column.Name}";

    /// <summary>What was typed, row by row as it stood on the page, so that a refused form comes back as it was.</summary>
    public static JsonObject Read(ArtefactKind kind, IFormCollection form)
    {
        var content = new JsonObject();
        foreach (var field in kind.Fields)
            content[field.Name] = field.Kind == FieldKind.Rows ? Rows(field, form) : JsonValue.Create(form[field.Name].ToString());
        return content;
    }

    private static JsonArray Rows(ArtefactField field, IFormCollection form)
    {
        var rows = new JsonArray();
        for (var i = 0; i < MostRows && form.ContainsKey(NameOf(field, i, field.Columns![0])); i++)
        {
            var row = new JsonObject();
            foreach (var column in field.Columns!)
                row[column.Name] = form[NameOf(field, i, column)].ToString();
            rows.Add(row);
        }
        return rows;
    }
}
