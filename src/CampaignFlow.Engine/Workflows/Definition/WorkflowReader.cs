using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>Turns a placed document into a definition and collects everything that is wrong with it.</summary>
internal sealed partial class WorkflowReader(
    string json,
    string file,
    IReadOnlyCollection<ActivityType> known,
    Func<WorkflowUse, UsedWorkflow?> usedBy
)
{
    private const int MostProblems = 100;

    private readonly List<Problem> _problems = [];
    private readonly Dictionary<string, Activity> _activities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Variable> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityType> _types = BuiltInActivities
        .All.Concat(known)
        .GroupBy(t => t.Type, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private IReadOnlyList<WorkflowParameter> _inputs = [];
    private int _unnamed;

    internal WorkflowParse Read(PlacedJson document)
    {
        var model = Model(document);
        if (model.Kind != JsonValueKind.Object || model["root"] is not { Kind: JsonValueKind.Object } root)
        {
            Wrong(
                model["root"] ?? model,
                null,
                new("This is not a workflow: an object with \"root\" was expected.", "这不是流程定义：应为带有 \"root\" 的对象。")
            );
            return new(null, _problems);
        }
        var name = Path.GetFileNameWithoutExtension(file);
        if (_path.Count == 0)
            _path = [model["definitionId"]?.Text is { Length: > 0 } own ? own : name];
        _named = NamesIn(root);
        var variables = Variables(model["variables"]);
        _inputs = Parameters(model["inputs"]);
        var outputs = Parameters(model["outputs"]);
        Activity? activity;
        try
        {
            activity = ReadActivity(root, null);
            CheckCompensations();
        }
        catch (TooManyActivities)
        {
            Wrong(
                root,
                null,
                new(
                    $"The workflow has more than {WorkflowJson.MostActivities} activities, those of the workflows it uses included; at most {WorkflowJson.MostActivities} are allowed. Divide it into several that start each other.",
                    $"流程（包括其使用的流程）的活动超过 {WorkflowJson.MostActivities} 个，最多允许 {WorkflowJson.MostActivities} 个。请拆成几个互相启动的流程。"
                )
            );
            return new(null, [_problems[^1]]);
        }
        var triggers = activity is null ? [] : TriggersOf(activity);
        if (_problems.Count > 0 || activity is null)
            return new(
                null,
                [.. _problems.OrderBy(p => p.File == file ? 0 : 1).ThenBy(p => p.Line).ThenBy(p => p.Column).Take(MostProblems)]
            );
        return new(
            new WorkflowDefinition
            {
                Id = model["definitionId"]?.Text is { Length: > 0 } id ? id : name,
                Name = model["name"]?.Text is { Length: > 0 } title ? title : name,
                Description = model["description"]?.Text,
                Version = model["version"]?.Scalar is JsonValue number && number.TryGetValue<long>(out var version) ? (int)version : 1,
                Root = activity,
                Variables = variables,
                Inputs = _inputs,
                Outputs = outputs,
                Activities = _activities,
                Triggers = triggers,
                Json = json,
                FileName = file,
            },
            []
        );
    }

    /// <summary>Stops the reading: what follows would be wrong because of it.</summary>
    private sealed class TooManyActivities(string message) : Exception(message);

    private List<Variable> Variables(PlacedJson? list)
    {
        var read = new List<Variable>();
        foreach (var item in Items(list, "variables"))
        {
            var name = item["name"]?.Text;
            if (string.IsNullOrWhiteSpace(name))
            {
                Wrong(item, null, new("A variable needs a name.", "变量需要名称。"));
                continue;
            }
            var kind = item["isArray"]?.Kind == JsonValueKind.True ? "Object" : Kinds.Alias(item["typeName"]?.Text);
            var given = item["value"]?.ToNode();
            // The designer stores every initial value as text; for objects and lists that text is JSON.
            if (
                kind is not "String"
                && given is JsonValue text
                && text.TryGetValue<string>(out var source)
                && source.TrimStart() is ['{' or '[', ..]
            )
                given = TryParse(source) ?? given;
            if (!Kinds.TryConvert(given, kind, out var initial, out var why))
                Wrong(item["value"]!, name, new($"Variable '{name}': {why.En}.", $"变量“{name}”：{why.Zh}。"));
            if (RunSize.Of(initial) is > RunSize.LargestValue and var size)
                Wrong(
                    item["value"]!,
                    name,
                    new(
                        $"Variable '{name}' starts with {RunSize.Text(size)}; at most {RunSize.Text(RunSize.LargestValue)} are kept in one variable.",
                        $"变量“{name}”的初始值为 {RunSize.Text(size)}；单个变量最多 {RunSize.Text(RunSize.LargestValue)}。"
                    )
                );
            var variable = new Variable(item["id"]?.Text ?? name, name, kind, initial);
            if (read.Exists(v => v.Name == name))
                Wrong(item, name, new($"Variable '{name}' is declared twice.", $"变量“{name}”重复声明。"));
            read.Add(variable);
            _variables[variable.Id] = variable;
        }
        return read;
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private List<WorkflowParameter> Parameters(PlacedJson? list)
    {
        var read = new List<WorkflowParameter>();
        foreach (var item in Items(list, "inputs and outputs"))
            if (item["name"]?.Text is { Length: > 0 } name)
                read.Add(
                    new(
                        name,
                        item["isArray"]?.Kind == JsonValueKind.True ? "Object" : Kinds.Alias((item["type"] ?? item["typeName"])?.Text),
                        item["displayName"]?.Text ?? name
                    )
                );
            else
                Wrong(item, null, new("An input or output of the workflow needs a name.", "流程的输入或输出需要名称。"));
        return read;
    }

    private List<PlacedJson> Items(PlacedJson? list, string what)
    {
        if (list is null)
            return [];
        if (list.Kind == JsonValueKind.Array)
            return list.Items;
        Wrong(list, null, new($"A list of {what} was expected.", $"此处应为 {what} 的列表。"));
        return [];
    }

    private void Wrong(PlacedJson at, string? subject, Phrase text) =>
        _problems.Add(new Problem(file, at.Line, at.Column, text) { Subject = subject });

    private static string Suggest(string found, IEnumerable<string> names, string en, out string zh)
    {
        var near = Nearest(found, names);
        zh = near is null ? "" : $"您是否想写 {near}？";
        return near is null ? "" : string.Format(System.Globalization.CultureInfo.InvariantCulture, en, near);
    }

    private static string? Nearest(string found, IEnumerable<string> names)
    {
        var best = names
            .Select(name => (name, distance: Distance(found, name)))
            .OrderBy(p => p.distance)
            .ThenBy(p => p.name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.name is not null && best.distance <= Math.Max(2, found.Length / 4) ? best.name : null;
    }

    // Levenshtein's distance, capitals aside.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = corner + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
