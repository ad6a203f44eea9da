using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>What may not come out of the order: gates and approvals, and what is finished.</summary>
public sealed partial class Migration
{
    private ChangePlace PlaceOf(Standing standing)
    {
        var touched = Diff.Activities.Where(d => d.Before is not null).Select(d => d.Before!.Id).ToHashSet(StringComparer.Ordinal);
        var added = Diff.Activities.Where(d => d.Added).Select(d => d.After!.Id).ToList();
        var from = Diff
            .Connections.Select(c => c.Added ? mapping.SourceOf(c.Source.Id) : c.Source.Id)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        // A container around where the run stands is not where it stands, but one it has not entered is ahead.
        return standing.At.Any(touched.Contains) ? ChangePlace.At
            : standing.At.Concat(standing.Arrived).Any(Ahead) ? ChangePlace.Before
            : ChangePlace.After;

        bool Ahead(string at) =>
            from.Contains(at)
            || touched.Union(from, StringComparer.Ordinal).Any(id => _old.Behind(id).Contains(at))
            || (mapping[at] is { } image && added.Exists(id => _new.Behind(id).Contains(image)));
    }

    private void KeepOrder(Standing standing, List<Phrase> refusals)
    {
        var at = standing.At.Select(id => (Old: id, New: mapping[id]!)).ToList();
        var arrived = standing.Arrived.Where(id => mapping[id] is not null).Select(id => (Old: id, New: mapping[id]!)).ToList();
        KeepGates(standing, at, arrived, refusals);
        MeetNewGates(standing, at, arrived, refusals);
        KeepFinished(standing, at, refusals);
    }

    // A gate that lay ahead must not lie behind.
    private void KeepGates(
        Standing standing,
        List<(string Old, string New)> at,
        List<(string Old, string New)> arrived,
        List<Phrase> refusals
    )
    {
        foreach (var gate in mapping.Old.Activities.Values.Where(a => a.Described.Decides && !standing.Past.Contains(a.Id)))
        foreach (var (old, @new) in at.Concat(arrived))
            if (mapping[gate.Id] is { } image && _new.Behind(@new).Contains(image) && !_old.Behind(old).Contains(gate.Id))
                refusals.Add(Past(gate, mapping.New.Activities[@new]));
    }

    // A new gate is ahead, or what the run has done already lies behind it; nobody is moved over it, and none stands beside the run.
    private void MeetNewGates(
        Standing standing,
        List<(string Old, string New)> at,
        List<(string Old, string New)> arrived,
        List<Phrase> refusals
    )
    {
        var done = standing.Past.Select(id => mapping[id]).OfType<string>().ToList();
        foreach (var gate in mapping.New.Activities.Values.Where(a => a.Described.Decides && mapping.SourceOf(a.Id) is null))
        {
            var behind = _new.Behind(gate.Id);
            var met = at.Concat(arrived).Any(p => behind.Contains(p.New));
            var passed =
                done.Exists(id => _new.Behind(id).Contains(gate.Id))
                || at.Exists(p => !mapping.IsChosen(p.Old) && _new.Behind(p.New).Contains(gate.Id));
            if (met || passed)
                continue;
            if (at.Find(p => _new.Behind(p.New).Contains(gate.Id)) is { New: { } skipped })
                refusals.Add(Past(gate, mapping.New.Activities[skipped]));
            else if (at.Exists(p => behind.Any(f => _new.Behind(p.New).Contains(f) && IsFork(mapping.New.Activities[f]))))
                refusals.Add(
                    Say(
                        gate,
                        "The newer version has {0} on a branch beside where the run stands, and the run can no longer enter it.",
                        "新版本在该运行所在位置旁边的分支上加入了{0}，该运行已无法进入。"
                    )
                );
        }
    }

    // What is finished must not come again, and what is open must not be started a second time.
    private void KeepFinished(Standing standing, List<(string Old, string New)> at, List<Phrase> refusals)
    {
        var reached = standing.Past.Where(id => mapping[id] is not null && Does(mapping.Old.Activities[id])).Concat(standing.At);
        foreach (var finished in reached.Distinct(StringComparer.Ordinal))
        {
            var before = _new.Behind(mapping[finished]!);
            if (at.Find(p => p.Old != finished && before.Contains(p.New) && !_old.Behind(finished).Contains(p.Old)) is { New: { } first })
                refusals.Add(
                    new(
                        $"In the newer version {Quoted(mapping.Old.Activities[finished]).En} comes after {Quoted(mapping.New.Activities[first]).En}, and the run has been there already: it would be done twice.",
                        $"在新版本中{Quoted(mapping.Old.Activities[finished]).Zh}位于{Quoted(mapping.New.Activities[first]).Zh}之后，而该运行已经到过那里：它会被执行两次。"
                    )
                );
        }
    }

    private Phrase Past(Activity gate, Activity place) =>
        new(
            $"{Quoted(place).En} stands after {Quoted(gate).En}, which this run has not passed.",
            $"{Quoted(place).Zh}位于{Quoted(gate).Zh}之后，而该运行尚未通过它。"
        );

    private bool IsFork(Activity activity) =>
        activity.Type == "Elsa.FlowFork"
        || _new.ContainerOf(activity.Id)?.Graph is { } graph
            && graph.From(activity.Id).GroupBy(c => c.Port, StringComparer.Ordinal).Any(port => port.Count() > 1);

    /// <summary>Forks, joins and decisions may be passed any number of times; nothing happens in them.</summary>
    private static bool Does(Activity activity) =>
        activity.Type is not ("Elsa.Start" or "Elsa.FlowFork" or "Elsa.FlowJoin" or "Elsa.FlowDecision" or "Elsa.FlowSwitch");
}
