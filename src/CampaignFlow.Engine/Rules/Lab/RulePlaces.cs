namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Where in its file a rule says what, so that findings can name line and column.</summary>
internal sealed class RulePlaces
{
    private readonly Rule rule;
    private readonly Yaml.Map? map;

    public RulePlaces(Rule rule) => (this.rule, map) = (rule, Yaml.Read(rule.Text, rule.Id).Root as Yaml.Map);

    public string File => rule.Id + ".yaml";

    public Yaml? Then(Branch branch) => Of(branch)?["then"] is Yaml.List { Items: [var first, ..] } ? first : Of(branch)?["then"];

    public Yaml? When(Branch branch) => Of(branch)?["when"];

    public Yaml? Guard(string key) => (map?["guard"] as Yaml.Map)?[key] ?? map?["guard"] ?? map?["then"] ?? map?["cases"];

    private Yaml.Map? Of(Branch branch)
    {
        if (map?["cases"] is not Yaml.List cases)
            return map;
        var at = rule.Branches.TakeWhile(b => !ReferenceEquals(b, branch)).Count();
        return at < cases.Items.Count ? cases.Items[at] as Yaml.Map : null;
    }

    public Problem Finding(Yaml? at, string code, Severity severity, Phrase text, Phrase cure) =>
        new(File, at?.Line ?? 0, at?.Column ?? 0, text)
        {
            Code = code,
            Severity = severity,
            Cure = cure,
            Subject = rule.Id,
        };
}
