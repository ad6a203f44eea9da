using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <param name="Reached">In at least one of the paths that were tried.</param>
public sealed record PathPort(Activity Activity, string Outcome, bool Reached);

/// <param name="Choices">What has to be chosen for it.</param>
public sealed record PathLength(IReadOnlyList<DryChoice> Choices, TimeSpan Took, int Steps);

/// <param name="Tried">How many paths were gone.</param>
/// <param name="Complete">False when the bound was met before every outcome had been tried.</param>
public sealed record PathCoverage(
    int Tried,
    bool Complete,
    IReadOnlyList<Activity> Unreached,
    IReadOnlyList<PathPort> Outcomes,
    PathLength? Shortest,
    PathLength? Longest,
    int Stuck
);

/// <summary>
/// Tries all outcomes: from the usual path it takes every decision it meets another way once, then the ways that were longer and those
/// that were shorter together. Bounded, so it finds what can be reached but not every mixture of choices.
/// </summary>
public static class PathSearch
{
    public const int MostPaths = 300;
    private const int MostSteps = 60_000;

    public static PathCoverage Try(WorkflowDefinition definition, DryRunRequest request)
    {
        var search = new Search(definition, request);
        search.Spread();
        search.Mix();
        return search.Told();
    }

    private sealed class Search(WorkflowDefinition definition, DryRunRequest request)
    {
        private readonly HashSet<string> _activities = new(StringComparer.Ordinal);
        private readonly HashSet<(string Activity, string Outcome)> _seen = [];
        private readonly HashSet<(string Activity, string Outcome)> _asked = [];
        private readonly Queue<List<DryChoice>> _open = new();
        private readonly List<(DryChoice Choice, TimeSpan Time, int Steps)> _single = [];
        private PathLength? _shortest;
        private PathLength? _longest;
        private int _tried;
        private int _steps;
        private int _stuck;

        private bool AtBound => _tried >= MostPaths || _steps >= MostSteps;

        internal void Spread()
        {
            _open.Enqueue([.. request.Choices]);
            DryRunResult? usual = null;
            while (!AtBound && _open.TryDequeue(out var choices))
            {
                var result = Go(choices);
                if (usual is null)
                    usual = result;
                else if (result.Finished)
                    _single.Add((choices[^1], result.Took - usual.Took, result.Steps.Count - usual.Steps.Count));
                foreach (var activity in result.Steps.Where(s => s.Within is null).Select(s => s.Activity).DistinctBy(a => a.Id))
                    Branch(activity, choices);
            }
        }

        private void Branch(Activity activity, List<DryChoice> choices)
        {
            var outcomes = DryChoice.OutcomesOf(activity);
            if (outcomes.Count < 2 || choices.Exists(c => c.Activity == activity.Id))
                return;
            foreach (var outcome in outcomes.Where(o => !_seen.Contains((activity.Id, o)) && _asked.Add((activity.Id, o))))
                _open.Enqueue([.. choices, new(activity.Id, [new(outcome, null)])]);
        }

        internal void Mix()
        {
            foreach (var sign in new[] { 1, -1 })
            {
                var mix = _single
                    // What takes more steps and no more time may still use up the slack before a fixed day.
                    .Where(s => s.Time * sign > TimeSpan.Zero || s.Time == TimeSpan.Zero && s.Steps * sign > 0)
                    .GroupBy(s => s.Choice.Activity, StringComparer.Ordinal)
                    .Select(g => g.MaxBy(s => (s.Time * sign, s.Steps * sign)).Choice);
                if (!AtBound)
                    Go([.. request.Choices, .. mix]);
            }
        }

        private DryRunResult Go(List<DryChoice> choices)
        {
            var result = DryRun.Run(definition, request with { Choices = choices });
            _tried++;
            _steps += result.Steps.Count;
            foreach (var step in result.Steps.Where(s => s.Within is null))
            {
                _activities.Add(step.Activity.Id);
                foreach (var outcome in step.Outcome is null ? [] : DryChoice.OutcomesOf(step.Activity).Where(o => Left(step, o)))
                    _seen.Add((step.Activity.Id, outcome));
            }
            // If, While and Switch do not leave by what they decided; that it was chosen is enough.
            foreach (var choice in choices.Where(c => _activities.Contains(c.Activity) && c.Answers[0].Outcome is not null))
                _seen.Add((choice.Activity, choice.Answers[0].Outcome!));
            if (!result.Finished)
                _stuck++;
            else
            {
                var length = new PathLength(choices, result.Took, result.Steps.Count);
                _shortest = _shortest is null || length.Took < _shortest.Took ? length : _shortest;
                _longest = _longest is null || length.Took > _longest.Took ? length : _longest;
            }
            return result;
        }

        private static bool Left(DryStep step, string outcome) =>
            step.Outcome == outcome || step.Outcome!.Split(", ").Contains(outcome, StringComparer.Ordinal);

        internal PathCoverage Told() =>
            new(
                _tried,
                _open.Count == 0,
                [.. definition.Activities.Values.Where(a => a.Graph is null && a.Children.Count == 0 && !_activities.Contains(a.Id))],
                [
                    .. definition
                        .Activities.Values.Where(a => DryChoice.OutcomesOf(a).Count > 1)
                        .SelectMany(a => DryChoice.OutcomesOf(a).Select(o => new PathPort(a, o, _seen.Contains((a.Id, o))))),
                ],
                _shortest,
                _longest,
                _stuck
            );
    }
}
